"""The world of the model-based test: a workspace, a loop and a clock of its own, and what must hold at each moment."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from hypothesis.stateful import RuleBasedStateMachine, invariant

from halt.chat.connection import Connection
from halt.chat.conversation import Conversation, Prompt, Removed, Reply, Turn
from halt.chat.silence import Silence
from halt.chat.status import Status
from halt.chat.workspace import Workspace
from halt.providers.base import ProviderSettings
from halt.providers.errors import ProviderError
from halt.providers.openai_chat import OpenAIChat
from halt.providers.presets import preset
from tests.servers import ManualClock

from .script import DONE, ScriptedExchange, ScriptedTransport, event
from .stage import Record, Stage, everything

One = TypeVar("One")

HINT_MS = 1_000.0
WORKING = ProviderSettings(preset="custom", base_url="http://localhost:1/v1", model="m")


def pick(choices: Sequence[One], number: int) -> One | None:
    """Take one of the newest choices, if there are any."""
    return choices[-1 - number % len(choices)] if choices else None


class World(RuleBasedStateMachine):
    """All that the rules act on, and the invariants."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.faults: list[dict[str, Any]] = []
        self.loop.set_exception_handler(lambda _, context: self.faults.append(context))
        self.clock = ManualClock()
        self.stage = Stage(self.run_ended)
        self.deaf = False
        self.workspace = Workspace(WORKING, self.connect, self.clock, self.stage, Silence(HINT_MS, None))
        self.stage.workspace = self.workspace
        self.resting = True
        self.postponed: list[Callable[[], object]] = []
        self.removed: list[tuple[Conversation, Removed]] = []
        self.edited: Prompt | None = None
        self.waiting: dict[str, list[str]] = {}
        self.holds: set[str] = set()

    def connect(self, settings: ProviderSettings) -> Connection:
        return Connection(OpenAIChat(preset(settings.preset)), ScriptedTransport(deaf=self.deaf), settings.preset)

    def do(self, act: Callable[[], object], pace: int | None = None) -> None:
        """Do a step and let the loop come to rest, or only as many ticks as ``pace``: the next one comes in between."""
        self.postponed.append(act)
        self.resting = pace is None
        if pace == 0:
            return

        async def steps() -> None:
            while self.postponed:
                self.postponed.pop(0)()
                self.stage.sync()
            for _ in range(pace or 0):
                await asyncio.sleep(0)
            if pace is None:
                await self.clock.settle()

        self.loop.run_until_complete(steps())

    # Who and what there is

    def turns(self, kind: type[One]) -> list[One]:
        """List the turns on the screen that a person can reach."""
        return [turn for turn in self.workspace.current.path() if isinstance(turn, kind)]

    def running(self) -> list[Record]:
        return [record for record in self.stage.records if record.run.running]

    def exchanges(self) -> list[ScriptedExchange]:
        """List the exchanges that can still be talked to, those of running runs last; the deaf talk to nobody."""
        records = sorted(self.stage.records, key=lambda record: record.run.running)
        exchanges = [one for record in records for one in record.exchanges if one.opened and not one.over]
        return [one for one in exchanges if one.deaf or not one.aborted]

    def ask(self, act: Callable[[], object]) -> None:
        before = self.tree()
        try:
            act()
            self.holds.discard(self.workspace.current.id)  # whoever asks on lets the queue go on as well
        except ProviderError:
            assert self.tree() == before, "what can't be sent was added all the same"
            self.workspace.settings = WORKING

    def tree(self) -> list[str]:
        return [turn.id for conversation in self.workspace.conversations for turn in conversation.turns()]

    def run_ended(self, record: Record) -> None:
        """Remember where nothing that waits may be sent until a person asks again (S16)."""
        for conversation in self.workspace.conversations:
            if record.run.reply in conversation.turns():
                last = not self.workspace.runs_in(conversation)
                if last and record.run.status is not Status.COMPLETE and conversation.queue:
                    self.holds.add(conversation.id)

    # What must hold after each step

    @invariant()
    def nothing_went_wrong_unseen(self) -> None:
        assert self.faults == []

    @invariant()
    def what_is_kept_is_what_was_shown(self) -> None:
        """S6, S7, S15: also when words come late."""
        for record in self.stage.records:
            record.check()
            reply = record.run.reply
            assert (reply.text, reply.thinking) == self.stage.text_of(reply)
            if record is self.stage.record_of(reply) and record.frozen:
                assert everything(reply) == record.frozen, "the reply changed after its end (S6)"

    @invariant()
    def every_reply_has_one_status_and_a_run_while_it_runs(self) -> None:
        """S26: nothing is stuck, and nothing runs where no one sees it."""
        at_home = set()
        for conversation in self.workspace.conversations:
            runs = self.workspace.runs_in(conversation)
            replies = [turn for turn in conversation.turns() if isinstance(turn, Reply)]
            for reply in replies:
                run = self.workspace.run_of(reply)
                assert reply.status.running == bool(run)
                if run:
                    assert run in runs
                    at_home.add(run)
            assert len(runs) == sum(reply.status.running for reply in replies)
        assert {record.run for record in self.running()} == at_home

    @invariant()
    def the_button_is_stop_while_something_visible_runs(self) -> None:
        """S1"""
        visible = {turn.id for turn in self.workspace.current.turns()}
        runs = any(record.run.reply.id in visible for record in self.running())
        assert self.workspace.running == runs
        assert self.stage.button_is_stop == runs

    @invariant()
    def a_stop_sends_nothing_that_waits(self) -> None:
        """S16; and a message that waits is never lost."""
        for conversation in self.workspace.conversations:
            before = self.waiting.get(conversation.id, [])
            now = [message.text for message in conversation.queue]
            sent = before[: len(before) - len(now)]
            assert before[len(sent) :] == now
            assert not sent or conversation.id not in self.holds, "a message was sent after a stop (S16)"
            everywhere = [*conversation.turns(), *(one for _, gone in self.removed for one in _all(gone.turn))]
            prompts = [turn.text for turn in everywhere if isinstance(turn, Prompt)]
            assert all(prompts.count(text) == 1 for text in sent), "a message that waited is lost"
            assert not set(prompts) & set(now), "a message waits that was sent"
            self.waiting[conversation.id] = now

    @invariant()
    def ended_runs_leave_nothing_behind(self) -> None:
        """S24, S25"""
        if not self.resting:
            return
        names = {task.get_name() for task in asyncio.all_tasks(self.loop)}
        for record in self.stage.records:
            if not record.run.running:
                names -= {f"run {record.run.id}"} if record.deaf else set()
        assert names <= {f"{what} {record.run.id}" for record in self.running() for what in ("run", "silence of")}
        assert self.clock.pending <= 3 * len(self.running())

    def teardown(self) -> None:
        try:
            self.do(lambda: None)
            self.stage.busy = False
            self.loop.run_until_complete(self.clock.advance(10_000))
            for record in self.running():
                assert not record.exchanges[-1].over, "the provider has ended the reply and the run goes on (S26)"
            for conversation in self.workspace.conversations:
                self.workspace.stop_conversation(conversation.id)
            for exchange in self.exchanges():  # whoever is deaf goes on for a while
                if not exchange.answered:
                    exchange.head()
                exchange.send(event({"content": "late"}) + event({}, "stop") + DONE)
                exchange.end()
            self.loop.run_until_complete(self.clock.advance(60_000))
            assert self.clock.pending == 0
            assert not self.workspace.runs.any_open
            assert not asyncio.all_tasks(self.loop)
            assert self.faults == []
            for record in self.stage.records:
                record.check()
                assert record.run._task
                assert record.run._task.done()
            self.what_is_kept_is_what_was_shown()
        finally:
            self.loop.close()


def _all(turn: Turn) -> list[Turn]:
    return [turn, *turn.everything_below()]
