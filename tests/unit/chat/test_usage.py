"""What a reply has spent: the provider's count, or an estimate that is called one, over all the runs of a reply."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest

from halt.chat.connection import Connection
from halt.chat.conversation import Reply
from halt.chat.run import Run
from halt.chat.status import Status
from halt.chat.usage import Meter, Spent, Terms, tokens
from halt.chat.workspace import Workspace
from halt.providers.base import ProviderSettings
from halt.providers.events import Usage
from halt.providers.openai_chat import OpenAIChat
from halt.providers.presets import preset
from halt.wire.transport import Transport
from tests.servers import Answer, AsyncioClock, ProviderServer, SocketTransport

from .screen import Screen, nothing_left, until
from .script import ScriptedExchange, ScriptedTransport, event

TERMS = Terms(prompt_characters=40, input_price=2.0, output_price=10.0)
USAGE = Usage(7, 3)
# "Be brief." and "Why so?" are 16 characters.
PROMPT_TOKENS = 4


def test_an_estimate_takes_four_characters_a_token_and_counts_only_what_this_run_showed() -> None:
    """S22"""
    meter = Meter(TERMS, None, shown=100)
    meter.asked = True
    assert meter.total(121) == Spent(10, 6, pytest.approx(80e-6), estimated=True, cost_estimated=True)


@pytest.mark.parametrize(("characters", "expected"), [(0, 0), (1, 1), (4, 1), (5, 2), (400_000, 100_000)])
def test_a_begun_token_is_a_token(characters: int, expected: int) -> None:
    """S22"""
    assert tokens(characters) == expected


def test_the_providers_count_goes_before_any_estimate() -> None:
    """S22: its tokens, at the prices that are known; and its cost before theirs."""
    meter = Meter(TERMS, None, shown=0)
    meter.asked = True
    meter.counted(USAGE)
    assert meter.total(4_000) == Spent(7, 3, pytest.approx(44e-6), cost_estimated=True)
    meter.counted(replace(USAGE, cost=0.25))
    assert meter.total(4_000) == Spent(7, 3, 0.25)


def test_what_was_never_asked_or_was_refused_cost_nothing() -> None:
    """S22: and what the reply had spent before stays."""
    meter = Meter(TERMS, None, shown=0)
    assert meter.total(0) is None
    meter.asked = True
    meter.asked = False
    assert meter.total(0) is None
    before = Spent(1, 2, 0.5)
    assert Meter(TERMS, before, shown=8).total(8) is before


def test_an_estimate_in_either_run_makes_the_sum_one() -> None:
    """S22"""
    counted, estimated = Spent(7, 3, 0.5), Spent(10, 6, 0.25, estimated=True, cost_estimated=True)
    for sum_of_both in (counted + estimated, estimated + counted):
        assert sum_of_both == Spent(17, 9, 0.75, estimated=True, cost_estimated=True)


def test_a_sum_with_an_unknown_cost_is_unknown() -> None:
    """S22: half a cost would look like all of it; and prices are asked for only where the last run lacked them."""
    lacking, priced = Spent(1, 1, prices_wanted=True), Spent(1, 1, 0.5)
    assert lacking + priced == Spent(2, 2)
    assert priced + lacking == Spent(2, 2, prices_wanted=True)


@pytest.mark.parametrize("terms", [replace(TERMS, input_price=None), replace(TERMS, output_price=None)])
def test_one_price_makes_no_cost(terms: Terms) -> None:
    """S22"""
    assert terms.cost(1_000_000, 1_000_000) is None
    assert TERMS.cost(1_000_000, 1_000_000) == 12.0


class Bench:
    """A workspace whose provider is on a real socket, with any preset's name on it."""

    def __init__(self, server: ProviderServer) -> None:
        self.server = server
        self.settings = ProviderSettings(
            preset="openai", base_url=server.url, model="m", system_prompt="Be brief.", input_price=2, output_price=10
        )
        self.screen = Screen()
        self.workspace = Workspace(self.settings, self._connect, AsyncioClock(), self.screen)
        self.transport: Transport = SocketTransport()

    def _connect(self, settings: ProviderSettings) -> Connection:
        row = preset(settings.preset)
        return Connection(OpenAIChat(row), self.transport, row.name, billing=row.billing)

    async def stopped(self, run: Run, text: str) -> Reply:
        """Stop a run once ``text`` is shown, and wait until all of it is closed."""
        await until(lambda: self.screen.text == text)
        await run.stop()
        return run.reply


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    with ProviderServer() as server:
        async with nothing_left(server):
            yield Bench(server)


async def test_a_stopped_reply_has_an_estimate_of_all_that_was_sent_and_shown(bench: Bench) -> None:
    """S22: the system prompt and the thinking are paid for too."""
    bench.server.answer(Answer(thinking="Hmm, so.", text=["One.", "Two."], stall_after=2))
    reply = await bench.stopped(bench.workspace.send("Why so?"), "One.Two.")
    cost = pytest.approx((PROMPT_TOKENS * 2 + 4 * 10) / 1e6)
    assert reply.spent == Spent(PROMPT_TOKENS, 4, cost, estimated=True, cost_estimated=True)


async def test_a_continued_reply_sums_up_its_runs(bench: Bench) -> None:
    """S22, S20: what is sent again is paid for again."""
    bench.server.answer(Answer(text="abcd"), Answer(text=["efgh", "ijkl"], stall_after=2))
    run = bench.workspace.send("Why so?")
    await run.closed
    counted = Spent(7, 1, pytest.approx(24e-6), cost_estimated=True)
    assert run.reply.spent == counted
    reply = await bench.stopped(bench.workspace.go_on(run.reply), "abcdefghijkl")
    told = sum(len(message["content"]) for message in bench.server.exchanges[1].json["messages"])
    assert reply.spent
    assert (reply.spent.input_tokens, reply.spent.output_tokens) == (7 + tokens(told), 1 + 2)
    assert reply.spent.cost == pytest.approx((reply.spent.input_tokens * 2 + 3 * 10) / 1e6)
    assert reply.spent.estimated


async def test_a_run_that_never_left_costs_nothing(bench: Bench) -> None:
    """S22"""
    run = bench.workspace.send("Why so?")
    await run.stop()
    assert run.reply.status is Status.STOPPED
    assert run.reply.spent is None
    assert bench.server.exchanges == []


@pytest.mark.parametrize("status", [401, 500])
async def test_a_refused_run_costs_nothing(bench: Bench, status: int) -> None:
    """S22"""
    bench.server.answer(Answer(status=status))
    run = bench.workspace.send("Why so?")
    await run.closed
    assert run.reply.status is Status.FAILED
    assert run.reply.spent is None


async def test_a_stop_between_two_attempts_costs_nothing(bench: Bench) -> None:
    """S22: a 429 is a refusal."""
    bench.server.answer(Answer(status=429, headers={"Retry-After": "60"}))
    run = bench.workspace.send("Why so?")
    await until(lambda: run.reply.notice)
    await run.stop()
    assert run.reply.spent is None


async def test_a_cut_before_the_first_word_is_paid_for(bench: Bench) -> None:
    """S22: the provider has read the prompt."""
    bench.server.answer(Answer(text="never", cut_after=0))
    run = bench.workspace.send("Why so?")
    await run.closed
    assert run.reply.status is Status.INTERRUPTED
    assert run.reply.spent
    assert (run.reply.spent.input_tokens, run.reply.spent.output_tokens) == (PROMPT_TOKENS, 0)


@pytest.mark.parametrize(
    ("preset_id", "prices", "cost", "wanted"),
    [
        ("openai", (None, None), None, True),
        ("openai", (2.0, None), None, True),
        ("custom", (None, None), None, False),
        ("custom", (2.0, 10.0), pytest.approx(24e-6), False),
        ("ollama", (2.0, 10.0), 0.0, False),
        ("mock", (None, None), 0.0, False),
    ],
)
async def test_what_a_cost_takes(
    bench: Bench, preset_id: str, prices: tuple[float | None, float | None], cost: float | None, wanted: bool
) -> None:
    """S22: prices are asked for where somebody bills, and what runs on this machine is free."""
    bench.workspace.settings = replace(bench.settings, preset=preset_id, input_price=prices[0], output_price=prices[1])
    bench.server.answer(Answer(text="abcd"))
    run = bench.workspace.send("Why so?")
    await run.closed
    assert run.reply.spent == Spent(7, 1, cost, cost_estimated=cost is not None, prices_wanted=wanted)


async def test_the_prices_are_those_of_one_model(bench: Bench) -> None:
    """S22, S23: the others side by side have prices of their own, which nobody knows."""
    bench.workspace.settings = replace(bench.settings, also_models=("other",))
    bench.server.answer(Answer(text="abcd"), Answer(text="abcd"))
    bench.workspace.send("Why so?")
    runs = bench.workspace.runs_in(bench.workspace.current)
    for run in runs:
        await run.closed
    own, other = (run.reply.spent for run in runs)
    assert own
    assert own.cost
    assert other == Spent(7, 1)


class WatchedTransport(ScriptedTransport):
    """Calls ``on_abort`` at the moment of each abort."""

    def __init__(self, on_abort: Callable[[], None]) -> None:
        super().__init__()
        self._on_abort = on_abort

    def exchange(self) -> ScriptedExchange:
        self.exchanges.append(WatchedExchange(self._on_abort))
        return self.exchanges[-1]


class WatchedExchange(ScriptedExchange):
    """One exchange of it."""

    def __init__(self, on_abort: Callable[[], None]) -> None:
        super().__init__(deaf=False)
        self._on_abort = on_abort

    def abort(self) -> None:
        self._on_abort()
        super().abort()


async def test_nothing_is_counted_before_the_connection_is_closed(bench: Bench) -> None:
    """S22, S10"""
    at_abort: list[Spent | None] = []
    bench.transport = transport = WatchedTransport(lambda: at_abort.append(run.reply.spent))
    run = bench.workspace.send("Why so?")
    transport.exchanges[0].head()
    transport.exchanges[0].send(event({"content": "abcd"}))
    await until(lambda: bench.screen.text == "abcd")
    run.stop()
    assert at_abort == [None]
    assert run.reply.spent
    await run.closed


def test_a_stop_between_the_two_counts_takes_what_was_counted_and_estimates_the_rest() -> None:
    """S22"""
    meter = Meter(Terms(4_000, 2.0, 10.0), None, shown=0)
    meter.asked = True
    meter.counted(Usage(500, None))
    assert meter.total(40) == Spent(500, 10, 0.0011, estimated=True, cost_estimated=True)
    meter.counted(Usage(500, 12))
    assert meter.total(40) == Spent(500, 12, 0.00112, cost_estimated=True)
