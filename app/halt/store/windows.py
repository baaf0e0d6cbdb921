"""Several windows on the same data: what each tells the others, and what it does on hearing it.

    hello                            a window has opened; the others answer ``here`` and name their runs
    here
    runs   conversation, reply, run  a run has begun, and its window holds the lock of that name
    shown  run, places and texts     what its window has shown of it
    stop   run, reason               the person wants it stopped, in its own window
    ended  run                       it has ended, and what it wrote is kept
    written  conversation            something of it was written
    deleted  conversation            it is about to be deleted

A reply is written by the window whose run it is, and by no other. That window holds a lock, which the browser frees
when the window goes, however that happens; whoever waits for the lock then reads what is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from halt.chat.conversation import Conversation, Reply
from halt.chat.remote_run import RemoteRun
from halt.chat.status import StopReason
from halt.chat.surface import Surface
from halt.chat.workspace import Workspace
from halt.store.database import StorageError
from halt.store.joining import Joined
from halt.store.keeper import Keeper
from halt.store.loading import outline_of
from halt.store.window_parts import Channel, Locks, View
from halt.wire.clock import Clock

VERSION = 1
"""Of the messages; a window hears no other version than its own."""

NO_LOCKS = (
    "This browser can't tell which window writes a reply (it has no Web Locks here). "
    "Show each conversation in one window only."
)


class Windows:
    """Keeps this window in step with the others; ``surface`` shows their runs, ``spawn`` owns the tasks."""

    def __init__(
        self,
        workspace: Workspace,
        keeper: Keeper,
        channel: Channel,
        locks: Locks,
        clock: Clock,
        surface: Surface,
        view: View,
        spawn: Callable[[Coroutine[Any, Any, None]], object],
    ) -> None:
        self._workspace = workspace
        self._keeper = keeper
        self._channel = channel
        self._locks = locks
        self._clock = clock
        self._surface = surface
        self._view = view
        self._spawn = spawn
        self._others = False  # while this window is alone, nothing is told but what is rare
        self._own: dict[str, tuple[str, str, Callable[[], None]]] = {}  # by run: conversation, reply, what frees it
        self._ending: dict[str, str] = {}  # by run: the conversation that is still to be written
        self._elsewhere: dict[str, tuple[str, str]] = {}  # by run: conversation and reply
        self._followed: dict[str, RemoteRun] = {}
        self._reading: set[str] = set()
        self._again: set[str] = set()
        keeper.told = self

    async def begin(self) -> None:
        """Say hello, and find what runs in other windows."""
        self._post("hello")
        for name in await self._locks.held():
            match name.split("/"):
                case ["halt", conversation_id, reply_id, run_id]:
                    self._heard_of_run(conversation_id, reply_id, run_id)

    # What this window tells

    def changed(self, reply: Reply, conversation: Conversation | None) -> None:
        """Take note of a reply of this window whose state has changed."""
        run_id = reply.run_id
        if run_id in self._own and not (reply.status.running and conversation):
            if conversation:
                self._ending[run_id] = conversation.id
            else:
                self._free(run_id)  # it was deleted, and is not written any more
        elif conversation and reply.status.running and run_id not in self._own and run_id not in self._elsewhere:
            place = conversation.id, reply.id
            free = self._locks.hold("/".join(("halt", *place, run_id)), lambda: self._post("runs", *place, run_id))
            self._own[run_id] = (*place, free)

    def shown(self, reply: Reply, text: str, thinking: str) -> None:
        """Tell what was just shown of a reply and is about to be its own."""
        if self._others:
            self._post("shown", reply.run_id, reply.source.length, text, reply.reasoning.length, thinking)

    def written(self, conversation_id: str) -> None:
        """See ``Told``."""
        self._post("written", conversation_id)
        self.unchanged(conversation_id)

    def unchanged(self, conversation_id: str) -> None:
        """See ``Told``."""
        for run_id in [one for one, name in self._ending.items() if name == conversation_id]:
            self._free(run_id)

    def deleted(self, conversation_id: str) -> None:
        """See ``Told``."""
        self._post("deleted", conversation_id)
        self._free_all(conversation_id)

    def _free_all(self, conversation_id: str) -> None:
        for run_id in [one for one, place in self._own.items() if place[0] == conversation_id]:
            self._free(run_id)

    def _free(self, run_id: str) -> None:
        self._ending.pop(run_id, None)
        *_, free = self._own.pop(run_id)
        free()
        self._post("ended", run_id)

    def _ask_to_stop(self, run: RemoteRun, reason: StopReason) -> None:
        self._post("stop", run.id, str(reason))

    def _post(self, kind: str, *rest: Any) -> None:
        self._channel.post([VERSION, kind, *rest])

    # What it hears

    def hear(self, message: object) -> None:
        """Do what a message of another window asks for; what is none of ours is passed over."""
        match message:
            case [1, "hello" | "here" as kind]:
                self._meet(answer=kind == "hello")
            case [1, "runs", str(conversation_id), str(reply_id), str(run_id)]:
                self._others = True
                self._heard_of_run(conversation_id, reply_id, run_id)
            case [1, "shown", str(run_id), int(text_from), str(text), int(thinking_from), str(thinking)]:
                run = self._followed.get(run_id)
                if run and not run.hear(text_from, text, thinking_from, thinking):
                    self._read_again(self._elsewhere[run_id][0])
            case [1, "stop", str(run_id), str(reason)] if reason in set(StopReason):
                self._workspace.stop_run(run_id, StopReason(reason))
            case [1, "ended", str(run_id)] if run_id in self._elsewhere:
                self._spawn(self._end(run_id))
            case [1, "written", str(conversation_id)]:
                self._read_again(conversation_id)
            case [1, "deleted", str(conversation_id)]:
                self._delete(conversation_id)

    def _meet(self, *, answer: bool) -> None:
        self._others = True
        if not self._locks.available:
            self._view.tell(NO_LOCKS)
        if answer:
            self._post("here")
            for run_id, (conversation_id, reply_id, _) in self._own.items():
                self._post("runs", conversation_id, reply_id, run_id)

    def _heard_of_run(self, conversation_id: str, reply_id: str, run_id: str) -> None:
        if run_id in self._own or run_id in self._elsewhere:
            return
        self._elsewhere[run_id] = conversation_id, reply_id
        self._keeper.left.add(reply_id)
        self._read_again(conversation_id)
        if self._locks.available:
            self._spawn(self._end_when_free(conversation_id, reply_id, run_id))

    async def _end_when_free(self, conversation_id: str, reply_id: str, run_id: str) -> None:
        await self._locks.wait("/".join(("halt", conversation_id, reply_id, run_id)))
        await self._end(run_id)

    def _delete(self, conversation_id: str) -> None:
        conversation = self._find(conversation_id)
        if conversation is None:
            return
        for run in self._workspace.runs_in(conversation):
            if isinstance(run, RemoteRun):
                run.close()
        was_shown = conversation is self._workspace.current
        self._workspace.remove_conversation(conversation)
        self._keeper.drop(conversation)
        self._free_all(conversation_id)
        self._view.gone(was_shown=was_shown)

    def _find(self, conversation_id: str) -> Conversation | None:
        return next((one for one in self._workspace.conversations if one.id == conversation_id), None)

    # Reading what others wrote

    def _read_again(self, conversation_id: str) -> None:
        if conversation_id in self._reading:
            self._again.add(conversation_id)
        else:
            self._reading.add(conversation_id)
            self._spawn(self._read(conversation_id))

    async def _read(self, conversation_id: str) -> None:
        try:
            while True:
                self._again.discard(conversation_id)
                await self._read_once(conversation_id)
                if conversation_id not in self._again:
                    return
        except StorageError as error:
            self._view.tell_storage(error)
        finally:
            self._reading.discard(conversation_id)

    async def _read_once(self, conversation_id: str) -> None:
        conversation, joined = self._find(conversation_id), Joined()
        if conversation and conversation.loaded:
            joined = await self._keeper.join(conversation)
        else:
            conversation = await self._read_unknown(conversation_id)
        if conversation is None or self._find(conversation_id) is not conversation:
            return
        for run_id, place in self._elsewhere.items():
            if place[0] == conversation_id and run_id not in self._followed:
                self._follow(run_id, conversation, place[1])
        for run in self._followed.values():
            final = joined.found.get(run.reply.id)
            if isinstance(final, Reply):  # what was shown before this window listened
                run.hear(0, final.text, 0, final.thinking)
        self._view.joined(conversation, joined)

    async def _read_unknown(self, conversation_id: str) -> Conversation | None:
        """Read a conversation that is new here, or known by its title: its turns only where something runs in it."""
        head = await self._keeper.read_head(conversation_id)
        if head is None:
            return None
        if any(name == conversation_id for name, _ in self._elsewhere.values()):
            conversation, _ = await self._keeper.load(conversation_id)
        else:
            conversation = outline_of(head)
        here = self._find(conversation_id)
        if here is None:
            self._workspace.conversations.insert(0, conversation)
            return conversation
        if conversation.loaded and not here.loaded:
            self._workspace.replace(here, conversation)
            return conversation
        if not here.loaded:  # it may be being opened, so it stays the same object
            for name in ("given_title", "title_by", "pinned", "draft", "draft_attachments", "changed_ms", "kept_words"):
                setattr(here, name, getattr(conversation, name))
        return here

    def _follow(self, run_id: str, conversation: Conversation, reply_id: str) -> None:
        reply = conversation.find(reply_id)
        if isinstance(reply, Reply) and not self._workspace.run_of(reply):
            run = RemoteRun(run_id, reply, self._clock, self._surface, self._ask_to_stop, self._view.report)
            self._followed[run_id] = run
            self._workspace.runs.follow(run, conversation)

    async def _end(self, run_id: str) -> None:
        """Take over what another window's run has left, or as much as is kept of it where that window is gone."""
        place = self._elsewhere.pop(run_id, None)
        if place is None:
            return
        conversation_id, reply_id = place
        run = self._followed.pop(run_id, None)
        conversation = self._find(conversation_id)
        try:
            if run and conversation:
                joined = await self._keeper.join(conversation)
                final = joined.found.get(reply_id)
                if isinstance(final, Reply):
                    await run.finish(final)
        except StorageError as error:
            self._view.tell_storage(error)
        finally:
            if run:
                run.close()
                self._workspace.runs.unfollow(run)
            if all(other != reply_id for _, other in self._elsewhere.values()):
                self._keeper.left.discard(reply_id)
        self._read_again(conversation_id)
