"""The workspace: all conversations, the runs that go on in them, and every command that a person can give."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from halt.chat.asking import Asking
from halt.chat.cancel import Canceller
from halt.chat.connection import Connect, Question
from halt.chat.context import continue_messages, next_messages
from halt.chat.conversation import Conversation, Prompt, Removed, Reply, Turn
from halt.chat.prompt import Surroundings
from halt.chat.queue import QueuedMessage
from halt.chat.run import Run
from halt.chat.runs import AnyRun, Runs
from halt.chat.seam import Seam
from halt.chat.shelf import Shelf
from halt.chat.silence import DEFAULT_SILENCE, Silence
from halt.chat.status import Status, StopReason
from halt.chat.surface import Surface
from halt.chat.title import Titler, wants_title
from halt.providers.base import ProviderSettings
from halt.providers.errors import KeyLocked, ProviderError
from halt.wire.clock import Clock


class Workspace(Shelf):
    """A shelf of conversations that starts and stops their runs; it never changes a reply itself.

    With ``titles``, a conversation's first complete reply makes it ask for a title.
    Where the settings can't work, a ``ProviderError`` is raised before anything is added or sent.
    """

    def __init__(
        self,
        settings: ProviderSettings,
        connect: Connect,
        clock: Clock,
        surface: Surface,
        silence: Silence = DEFAULT_SILENCE,
        *,
        titles: bool = False,
        surroundings: Surroundings | None = None,
    ) -> None:
        super().__init__()
        self.asking = Asking(settings, connect, surroundings)
        self.runs = Runs()
        self.silence = silence
        self.titles = titles
        self._clock = clock
        self._surface = surface
        self._canceller = Canceller(clock, self.runs.share_server, surface.noted)
        self._titler = Titler(clock, surface.retitled)
        # Conversations in which nothing was stopped or failed since the last asking.
        self._undisturbed: set[str] = set()

    @property
    def settings(self) -> ProviderSettings:
        """The settings of new chats."""
        return self.asking.settings

    @settings.setter
    def settings(self, settings: ProviderSettings) -> None:
        self.asking.settings = settings

    def remove_conversation(self, conversation: Conversation) -> int:
        """Take a conversation out and tell where it stood; what runs there is stopped first."""
        for run in self.runs_in(conversation):
            run.stop(StopReason.DELETED)
        self._titler.stop(conversation)
        return super().remove_conversation(conversation)

    # Runs

    def run_of(self, reply: Reply) -> AnyRun | None:
        """Find the run that writes ``reply`` at this moment, here or in another window."""
        return self.runs.of(reply)

    def runs_in(self, conversation: Conversation) -> list[AnyRun]:
        """List the runs that go on in a conversation, in any of its branches, here or in another window."""
        return self.runs.inside(conversation)

    def stop_run(self, run_id: str, reason: StopReason = StopReason.PERSON) -> None:
        """Stop one run of this window, if it still goes on, as the person in another one wants it."""
        if found := self.runs.find(run_id):
            run, conversation = found
            self._undisturbed.discard(conversation.id)
            run.stop(reason)

    @property
    def running(self) -> bool:
        """Tell whether anything of the visible conversation runs: this alone decides what the button is (S1, S26)."""
        return bool(self.runs.inside(self.current))

    @property
    def busy(self) -> bool:
        """Tell whether anything runs, in whatever conversation."""
        return self.runs.any_here

    def stop(self, reason: StopReason = StopReason.PERSON) -> list[Reply]:
        """Stop everything that runs in the visible conversation (S23); tell which replies that were."""
        return self._stop_all(self.current, reason)

    def stop_conversation(self, conversation_id: str) -> list[Reply]:
        """Stop everything that runs in a conversation, visible or not (S23). Raises ``KeyError`` for an unknown id."""
        return self._stop_all(self.find_conversation(conversation_id), StopReason.PERSON)

    def _stop_all(self, conversation: Conversation, reason: StopReason) -> list[Reply]:
        stopped = self.runs_in(conversation)
        for run in stopped:
            run.stop(reason)
        self._titler.stop(conversation)
        if stopped:
            self._undisturbed.discard(conversation.id)
        return [run.reply for run in stopped]

    # Asking

    def send(self, text: str, instead_of: Prompt | None = None, attachments: Sequence[str] = ()) -> Run:
        """Ask ``text`` at the end of the visible path, or as a new branch beside the prompt ``instead_of`` (S21).

        ``attachments`` are ids of the conversation's files. Where the settings name more models, all are asked at once,
        side by side (S23); the first one's run is given. Raises a ``ProviderError`` where the settings can't work and
        ``ValueError`` where there is neither text nor file.
        """
        return self._send(self.current, text, attachments, instead_of)

    def regenerate(self, reply: Reply) -> Run:
        """Ask for another reply to the same prompt, as a new branch. Raises as ``send`` does.

        Of replies side by side, the same model is asked again and its new reply takes the old one's column.
        """
        prompt = reply.parent
        if not isinstance(prompt, Prompt):
            raise ValueError("this reply has no prompt")
        beside = reply in prompt.columns
        model = reply.model if beside else self.asking.settings_for(self.current).model
        question = self._question(self.current, model, self.current.path_to(prompt))
        run = self._answer(self.current, prompt, [question])
        prompt.columns = [run.reply if one is reply else one for one in prompt.columns] if beside else []
        self._surface.changed(run.reply)
        return run

    def go_on(self, reply: Reply) -> Run:
        """Ask for the rest of a reply that ended early; it is appended to the same reply (S20). Raises as ``send``."""
        path = self.current.path_to(reply)
        question = self.asking.question(
            self.current,
            self.asking.settings_for(self.current).model,
            lambda provider, prompt: continue_messages(
                path, prompt, self.current.attachments, prefills=provider.prefills
            ),
        )
        seam = Seam(reply.text, repeats=not question.connection.provider.prefills)
        return self._start(self.current, reply, question, seam)

    def _send(
        self, conversation: Conversation, text: str, attachments: Sequence[str], instead_of: Prompt | None = None
    ) -> Run:
        if not text.strip() and not attachments:
            raise ValueError("there is nothing to send")
        prompt = Prompt(id=uuid.uuid4().hex, text=text, attachments=list(attachments))
        # A prompt can be deleted while it is edited; below a deleted turn nobody would see the run.
        after = instead_of.parent if instead_of and conversation.find(instead_of.id) else conversation.last
        path = [*(conversation.path_to(after) if after else []), prompt]
        settings = self.asking.settings_for(conversation)
        models = dict.fromkeys([settings.model, *settings.also_models])
        questions = [self._question(conversation, model, path) for model in models]
        if isinstance(after, Reply) and isinstance(after.parent, Prompt):
            after.parent.columns = []  # going on from one of several replies keeps that one
        conversation.add(prompt, after)
        return self._answer(conversation, prompt, questions)

    def _question(self, conversation: Conversation, model: str, path: list[Turn]) -> Question:
        files = conversation.attachments
        return self.asking.question(conversation, model, lambda _provider, prompt: next_messages(path, prompt, files))

    def _answer(self, conversation: Conversation, prompt: Prompt, questions: list[Question]) -> Run:
        replies = [
            Reply(
                id=uuid.uuid4().hex,
                provider=question.connection.name,
                model=question.model,
                stop_note=question.connection.stop_note,
            )
            for question in questions
        ]
        for reply in replies:
            conversation.add(reply, prompt)
        if len(replies) > 1:
            prompt.columns = replies
        conversation.choose(replies[0])
        runs = [self._start(conversation, reply, question) for reply, question in zip(replies, questions, strict=True)]
        return runs[0]

    def _start(self, conversation: Conversation, reply: Reply, question: Question, seam: Seam | None = None) -> Run:
        run = Run(
            reply,
            question,
            self._clock,
            self._surface,
            self.silence,
            seam,
            self._canceller.cancel,
            self._run_ended,
        )
        self.runs.add(run, conversation)
        self.asking.bind(conversation)
        self._undisturbed.add(conversation.id)
        run.start()
        return run

    # The queue

    def queue(self, text: str, attachments: Sequence[str] = ()) -> None:
        """Let ``text`` wait for the reply that is being written; raises as ``MessageQueue.add`` does."""
        self.current.queue.add(text, attachments=attachments)

    def send_queued(self) -> None:
        """Send the first message that waits in the visible conversation, unless something runs there.

        Raises ``KeyLocked``: whoever presses can be asked for the passphrase. Nobody is when it follows by itself.
        """
        self._send_next(self.current, asks=True)

    def take_queued(self, message_id: str) -> QueuedMessage:
        """Take a message out of the queue, to edit or to drop it; raises ``KeyError`` where it waits no more."""
        message = self.current.queue.find(message_id)
        self.current.queue.remove(message)
        return message

    def _run_ended(self, run: Run) -> None:
        conversation = self.runs.remove(run)
        # What was stopped or failed lets nothing follow by itself (S16), also if a reply beside it is complete.
        if run.status is not Status.COMPLETE:
            self._undisturbed.discard(conversation.id)
            self._titler.stop(conversation)
        elif conversation.id in self._undisturbed:
            self._ask_title(run, conversation)
            self._send_next(conversation)

    def _ask_title(self, run: Run, conversation: Conversation) -> None:
        asked = self.titles and run.question.connection.titles and conversation in self.conversations
        if asked and not self.runs_in(conversation) and wants_title(conversation):
            self._titler.ask(conversation, run.question)

    def _send_next(self, conversation: Conversation, *, asks: bool = False) -> None:
        message = conversation.queue.next
        if message is None or self.runs_in(conversation):
            return
        try:
            run = self._send(conversation, message.text, message.attachments)
        except ProviderError as error:
            if asks and isinstance(error, KeyLocked):
                raise
            self._surface.refused(error)
            return
        conversation.queue.remove(message)
        self._surface.changed(run.reply)

    # The tree

    def keep(self, reply: Reply) -> None:
        """Make one of several replies side by side the branch that goes on (S23).

        The others stay as branches, as far as they came: what nobody waits for is stopped.
        """
        if isinstance(reply.parent, Prompt):
            others = [one for one in reply.parent.columns if one is not reply]
            reply.parent.columns = []
            for other in others:
                if run := self.run_of(other):
                    run.stop(StopReason.REPLACED)
        self.current.choose(reply)

    def delete(self, turn: Turn) -> Removed:
        """Take a turn and all below it out of the visible conversation; what runs there is stopped first."""
        for gone in (turn, *turn.everything_below()):
            if isinstance(gone, Reply) and (run := self.run_of(gone)):
                run.stop(StopReason.DELETED)
        self._titler.stop(self.current)
        if isinstance(turn.parent, Prompt):
            turn.parent.columns = [reply for reply in turn.parent.columns if reply is not turn]
        return self.current.remove(turn)
