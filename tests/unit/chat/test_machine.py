"""Everything at once: sends, stops, chunks, errors, branches and time in any order, held to the contract at each step.

Hypothesis picks the order. What it finds is printed as a program of the rules below, cut down to the fewest steps.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from halt.chat.conversation import Prompt, Reply, Turn
from halt.chat.silence import Silence
from halt.wire.transport import Cut, Unreachable

from .script import DONE, ERROR, MALFORMED, ScriptedExchange, event
from .world import HINT_MS, WORKING, World, pick

LIMIT_MS = 5_000.0

which = st.sampled_from([0, 0, 0, 0, 1, 1, 2, 3, 5])  # counted from the newest, where most of the interest lies
pace = st.sampled_from([None, None, None, 0, 1, 2, 4])  # ticks of the loop until the next step; None: until it rests
words = st.sampled_from(
    ["a ", "the cat sat ", "on the mat. ", "é🙂 ", " ", "\n\n", "cat sat on", "on ", "```py\n", "x" * 700]
)
bytes_late = st.sampled_from([0, 0, 0, 1, 9, 30])

# Without these, most steps would do nothing.
something_runs = precondition(lambda chat: chat.running() or chat.workspace.current.queue)
something_is_said = precondition(lambda chat: chat.workspace.current.last)
somebody_talks = precondition(lambda chat: chat.exchanges())


class Chat(World):
    """A person, a provider and a clock, in no particular order."""

    def __init__(self) -> None:
        super().__init__()
        self.numbers = itertools.count()

    @initialize(count=st.sampled_from([2, 1, 3, 0]), status=st.sampled_from(["stop", "length"]), deaf=st.booleans())
    def begin(self, count: int, status: str, deaf: bool) -> None:
        """Begin with a conversation that has gone on for a while."""
        self.deaf = deaf
        for _ in range(count):
            self.do(lambda: self.workspace.send("Hi"))
            self.answer(0, "Hello.", status)

    # A person asks

    @rule(text=words, pace=pace)
    def send(self, text: str, pace: int | None) -> None:
        def act() -> None:
            edited, self.edited = self.edited, None
            self.ask(lambda: self.workspace.send(f"{text}?", instead_of=edited))

        self.do(act, pace)

    @something_is_said
    @rule(number=which)
    def edit(self, number: int) -> None:
        """Put a prompt into the composer; it stays there whatever happens until the next send."""
        self.do(lambda: None)
        self.edited = pick(self.turns(Prompt), number)

    @something_is_said
    @rule(what=st.sampled_from(["regenerate", "go_on"]), number=which, pace=pace)
    def ask_again(self, what: str, number: int, pace: int | None) -> None:
        def act() -> None:
            ended = [reply for reply in self.turns(Reply) if not reply.status.running]
            if reply := pick(ended, number):
                self.ask(lambda: getattr(self.workspace, what)(reply))

        self.do(act, pace)

    # A person stops

    @something_runs
    @rule(what=st.sampled_from(["all", "one", "conversation", "task"]), number=which, pace=pace)
    def stop(self, what: str, number: int, pace: int | None) -> None:
        self.do(lambda: getattr(self, f"stop_{what}")(number), pace)

    def stop_all(self, _number: int) -> None:
        self.workspace.stop()
        assert not self.workspace.running

    def stop_one(self, number: int) -> None:
        if record := pick(self.running(), number):
            record.run.stop()
            assert record.frozen

    def stop_conversation(self, number: int) -> None:
        if conversation := pick(self.workspace.conversations, number):
            self.workspace.stop_conversation(conversation.id)
            assert not self.workspace.runs_in(conversation)

    def stop_task(self, number: int) -> None:
        """Cancel a run's task from outside (S12)."""
        if (record := pick(self.running(), number)) and record.run._task and not record.deaf:
            record.run._task.cancel()

    # The provider talks

    def talk(self, number: int, data: bytes, cuts: Sequence[int] = (), late: int = 0) -> ScriptedExchange | None:
        exchange = pick(self.exchanges(), number)
        if exchange:
            if not exchange.answered:
                exchange.head()
            exchange.send(data, cuts, late)
        return exchange

    @somebody_talks
    @rule(number=which, text=words, cuts=st.lists(st.integers(0, 200), max_size=3), late=bytes_late, pace=pace)
    def say(self, number: int, text: str, cuts: list[int], late: int, pace: int | None) -> None:
        self.do(lambda: self.talk(number, event({"content": text}), cuts, late), pace)

    @somebody_talks
    @rule(number=which, texts=st.lists(words, min_size=1, max_size=8), late=bytes_late, pace=pace)
    def say_much(self, number: int, texts: list[str], late: int, pace: int | None) -> None:
        self.do(lambda: self.talk(number, b"".join(event({"content": text}) for text in texts), (), late), pace)

    @somebody_talks
    @rule(number=which, text=words, pace=pace)
    def think(self, number: int, text: str, pace: int | None) -> None:
        self.do(lambda: self.talk(number, event({"reasoning_content": text})), pace)

    @somebody_talks
    @rule(number=which, how=st.sampled_from(["stop", "length", "cut", "early", "error", "malformed"]), pace=pace)
    def end(self, number: int, how: str, pace: int | None) -> None:
        last = {"cut": b"", "early": b"", "error": ERROR, "malformed": MALFORMED}

        def act() -> None:
            if exchange := self.talk(number, last[how] if how in last else event({}, how) + DONE):
                exchange.end(Cut("cut") if how == "cut" else None)

        self.do(act, pace)

    @somebody_talks
    @rule(number=which, status=st.sampled_from([0, 429, 500]))
    def refuse(self, number: int, status: int) -> None:
        def act() -> None:
            if exchange := pick([one for one in self.exchanges() if not one.answered], number):
                if status:
                    exchange.head(status, {"retry-after": "2"})
                exchange.end(None if status else Unreachable("nobody there"))

        self.do(act)

    @somebody_talks
    @rule(number=which, text=words, status=st.sampled_from(["stop", "length"]))
    def answer(self, number: int, text: str, status: str) -> None:
        """Give a whole answer, and the time to show it."""
        self.say(number, text, [], 0, None)
        self.end(number, status, None)
        self.wait(32.0)

    # Time passes

    @rule(ms=st.sampled_from([1.0, 16.0, 16.0, 48.0, 300.0, 1_100.0, 6_000.0]))
    def wait(self, ms: float) -> None:
        self.do(lambda: None)
        self.loop.run_until_complete(self.clock.advance(ms))

    @rule(busy=st.booleans(), breaks=st.integers(0, 9))
    def input_waits(self, busy: bool, breaks: int) -> None:
        self.stage.busy, self.stage.breaks = busy, breaks == 9

    # The tree, the list and the queue

    @something_is_said
    @rule(what=st.sampled_from(["delete", "delete", "undo", "switch", "keep"]), number=st.integers(0, 5), pace=pace)
    def change_the_tree(self, what: str, number: int, pace: int | None) -> None:
        self.do(lambda: getattr(self, what)(number), pace)

    def delete(self, number: int) -> None:
        if turn := pick(self.turns(Turn), number):
            self.removed.append((self.workspace.current, self.workspace.delete(turn)))

    def undo(self, number: int) -> None:
        if removed := pick(self.removed, number):
            self.removed.remove(removed)
            removed[0].restore(removed[1])

    def switch(self, number: int) -> None:
        if turn := pick(list(self.workspace.current.turns()), number):
            self.workspace.current.choose(turn)

    def keep(self, number: int) -> None:
        if reply := pick(self.turns(Reply), number):
            self.workspace.keep(reply)

    @rule(number=st.integers(0, 3), pace=pace)
    def change_the_conversation(self, number: int, pace: int | None) -> None:
        def act() -> None:
            self.edited = None
            if number:
                self.workspace.open_conversation(self.workspace.conversations[number - 1].id)
            else:
                self.workspace.new_conversation()

        if number <= len(self.workspace.conversations):
            self.do(act, pace)

    @something_runs
    @rule(what=st.sampled_from(["add", "add", "send", "take"]), number=which)
    def use_the_queue(self, what: str, number: int) -> None:
        self.do(lambda: getattr(self, f"{what}_queued")(number))

    def add_queued(self, _number: int) -> None:
        if self.workspace.running:
            waiting = self.waiting.setdefault(self.workspace.current.id, [])
            waiting.append(f"queued {next(self.numbers)}")
            self.workspace.queue(waiting[-1])

    def send_queued(self, _number: int) -> None:
        self.holds.discard(self.workspace.current.id)
        self.workspace.send_queued()

    def take_queued(self, number: int) -> None:
        here = self.workspace.current
        if message := pick(list(here.queue), number):
            self.workspace.take_queued(message.id)
            self.waiting[here.id].remove(message.text)
            if not here.queue:
                self.holds.discard(here.id)

    # The settings

    @rule(
        name=st.sampled_from(["custom", "mistral"]),
        models=st.integers(0, 2),
        bad=st.sampled_from([{}, {}, {"base_url": "ftp://x"}, {"api_key": "two words"}, {"model": " "}]),
        limit_ms=st.sampled_from([None, LIMIT_MS]),
        deaf=st.booleans(),
    )
    def set_up(self, name: str, models: int, bad: dict[str, str], limit_ms: float | None, deaf: bool) -> None:
        def act() -> None:
            also = tuple(f"m{number}" for number in range(models))
            self.workspace.settings = replace(WORKING, preset=name, also_models=also, **bad)
            self.workspace.silence = Silence(HINT_MS, limit_ms)
            self.deaf = deaf

        self.do(act)


TestChat = Chat.TestCase
TestChat.settings = settings(
    max_examples=200,
    stateful_step_count=50,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),  # not Phase.explain: it traces every line
    derandomize=True,  # the same steps everywhere: a red build is red again
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
