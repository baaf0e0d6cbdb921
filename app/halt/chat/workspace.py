"""The workspace: all conversations, the runs that go on in them, and every command that a person can give."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from halt.chat.context import continue_messages, next_messages
from halt.chat.conversation import Conversation, Prompt, Removed, Reply, Turn
from halt.chat.run import Run
from halt.chat.seam import Seam
from halt.chat.silence import DEFAULT_SILENCE, Silence
from halt.chat.status import StopReason
from halt.chat.surface import Surface
from halt.providers.base import Message, Provider, ProviderSettings
from halt.wire.clock import Clock
from halt.wire.transport import Transport


@dataclass(frozen=True, slots=True)
class Connection:
    """How to reach the chosen provider: its wire format, what carries it, and how the person calls it."""

    provider: Provider
    transport: Transport
    name: str


class Workspace:
    """Holds the conversations and starts and stops their runs; it never changes a reply itself.

    ``connect`` turns settings into a connection and raises a ``ProviderError`` for settings that can't work; then
    nothing is added and nothing sent.
    """

    def __init__(
        self,
        settings: ProviderSettings,
        connect: Callable[[ProviderSettings], Connection],
        clock: Clock,
        surface: Surface,
        silence: Silence = DEFAULT_SILENCE,
    ) -> None:
        self.settings = settings
        self.silence = silence
        self._connect = connect
        self._clock = clock
        self._surface = surface
        self._runs: dict[str, Run] = {}
        self.conversations: list[Conversation] = []
        self.current = self.new_conversation()

    # Conversations

    def new_conversation(self) -> Conversation:
        """Open an empty conversation and make it the visible one; an empty one that is there already serves again."""
        empty = next((one for one in self.conversations if one.last is None), None)
        if empty is None:
            empty = Conversation(uuid.uuid4().hex)
            self.conversations.insert(0, empty)
        self.current = empty
        return empty

    def open_conversation(self, conversation_id: str) -> Conversation:
        """Make a conversation the visible one; this stops nothing (S23). Raises ``KeyError`` for an unknown id."""
        for conversation in self.conversations:
            if conversation.id == conversation_id:
                self.current = conversation
                return conversation
        raise KeyError(conversation_id)

    # Runs

    def run_of(self, reply: Reply) -> Run | None:
        """Find the run that writes ``reply`` at this moment."""
        run = self._runs.get(reply.id)
        return run if run and run.running else None

    def runs_in(self, conversation: Conversation) -> list[Run]:
        """List the runs that go on in a conversation, in any of its branches."""
        self._runs = {reply_id: run for reply_id, run in self._runs.items() if run.running}
        if not self._runs:
            return []
        return [self._runs[turn.id] for turn in conversation.turns() if turn.id in self._runs]

    @property
    def running(self) -> bool:
        """Tell whether anything of the visible conversation runs: this alone decides what the button is (S1, S26)."""
        return bool(self.runs_in(self.current))

    def stop(self, reason: StopReason = StopReason.PERSON) -> list[Reply]:
        """Stop everything that runs in the visible conversation (S23); tell which replies that were."""
        return self._stop_all(self.current, reason)

    def stop_conversation(self, conversation_id: str) -> list[Reply]:
        """Stop everything that runs in a conversation, visible or not (S23)."""
        return [
            reply
            for conversation in self.conversations
            if conversation.id == conversation_id
            for reply in self._stop_all(conversation, StopReason.PERSON)
        ]

    def _stop_all(self, conversation: Conversation, reason: StopReason) -> list[Reply]:
        stopped = self.runs_in(conversation)
        for run in stopped:
            run.stop(reason)
        return [run.reply for run in stopped]

    # Asking

    def send(self, text: str, instead_of: Prompt | None = None) -> Run:
        """Ask ``text`` at the end of the visible path, or as a new branch beside the prompt ``instead_of`` (S21).

        Raises a ``ProviderError`` where the settings can't work and ``ValueError`` for a blank text.
        """
        if not text.strip():
            raise ValueError("there is nothing to send")
        connection = self._connect(self.settings)
        prompt = Prompt(id=uuid.uuid4().hex, text=text)
        self.current.add(prompt, instead_of.parent if instead_of else self.current.last)
        return self._answer(prompt, connection)

    def regenerate(self, reply: Reply) -> Run:
        """Ask for another reply to the same prompt, as a new branch. Raises as ``send`` does."""
        connection = self._connect(self.settings)
        if not isinstance(reply.parent, Prompt):
            raise ValueError("this reply has no prompt")
        return self._answer(reply.parent, connection)

    def go_on(self, reply: Reply) -> Run:
        """Ask for the rest of a reply that ended early; it is appended to the same reply (S20). Raises as ``send``."""
        connection = self._connect(self.settings)
        prefills = connection.provider.prefills
        messages = continue_messages(self.current.path_to(reply), self.settings.system_prompt, prefills=prefills)
        return self._start(reply, messages, connection, Seam(reply.text, repeats=not prefills))

    def _answer(self, prompt: Prompt, connection: Connection) -> Run:
        reply = Reply(id=uuid.uuid4().hex, provider=connection.name, model=self.settings.model)
        self.current.add(reply, prompt)
        self.current.choose(reply)
        messages = next_messages(self.current.path_to(prompt), self.settings.system_prompt)
        return self._start(reply, messages, connection)

    def _start(
        self, reply: Reply, messages: Sequence[Message], connection: Connection, seam: Seam | None = None
    ) -> Run:
        request = connection.provider.request(messages, self.settings)
        run = Run(
            uuid.uuid4().hex,
            reply,
            request,
            connection.provider,
            connection.transport,
            self._clock,
            self._surface,
            self.silence,
            seam,
        )
        self._runs[reply.id] = run
        run.start()
        return run

    # The tree

    def delete(self, turn: Turn) -> Removed:
        """Take a turn and all below it out of the visible conversation; what runs there is stopped first."""
        for gone in (turn, *turn.everything_below()):
            if isinstance(gone, Reply) and (run := self.run_of(gone)):
                run.stop(StopReason.DELETED)
        return self.current.remove(turn)
