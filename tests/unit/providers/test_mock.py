"""The offline mock: its pace, its words, its faults, and that it obeys Stop like any other provider."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import aclosing

import pytest

from halt.providers import mock_text
from halt.providers.base import Message, ProviderSettings
from halt.providers.errors import ConnectionCut, ErrorInStream, NotFound, ProviderError
from halt.providers.events import Event, Finish, FinishReason, TextDelta, ThinkingDelta, Usage
from halt.providers.mock import SHORTEST_WAIT_MS, MockTransport
from halt.providers.mock_script import HUMAN_PACE, MODELS, Fault, read_script
from halt.providers.openai_chat import OpenAIChat
from halt.providers.presets import preset
from halt.wire.transport import Aborted, Exchange, Request, Response

CONTINUE = "Continue exactly where you stopped. Repeat nothing of it."


class LeapingClock:
    """Time that leaps to the end of each sleep, ``late_ms`` later than asked for."""

    def __init__(self, late_ms: float = 0.0) -> None:
        self.time = 1_000.0
        self.late_ms = late_ms
        self.sleeps: list[float] = []

    def now(self) -> float:
        return self.time

    async def sleep(self, ms: float) -> None:
        self.sleeps.append(ms)
        await asyncio.sleep(0)
        self.time += ms + self.late_ms

    async def breathe(self) -> None:
        await asyncio.sleep(0)

    def next_frame(self, callback: Callable[[], None], after_ms: float = 0.0) -> Callable[[], None]:
        pytest.fail("the mock is a transport: it draws nothing")


class FrozenClock(LeapingClock):
    """Time that stands still: every sleep lasts until it is cancelled."""

    def __init__(self) -> None:
        super().__init__()
        self.asleep = asyncio.Event()
        self.left = 0

    async def sleep(self, ms: float) -> None:
        self.sleeps.append(ms)
        self.asleep.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.left += 1


PROVIDER = OpenAIChat(preset("mock"))


def request(*turns: str, model: str = "", max_tokens: int | None = None) -> Request:
    roles = ("user", "assistant")
    messages = [
        Message("user" if roles[place % 2] == "user" else "assistant", turn) for place, turn in enumerate(turns)
    ]
    return PROVIDER.request(messages, ProviderSettings(model=model, max_tokens=max_tokens))


async def ask(
    *turns: str, model: str = "", max_tokens: int | None = None, clock: LeapingClock | None = None
) -> tuple[list[Event], ProviderError | None]:
    exchange = MockTransport(clock or LeapingClock()).exchange()
    response = await exchange.open(request(*turns, model=model, max_tokens=max_tokens))
    events: list[Event] = []
    try:
        async with aclosing(PROVIDER.events(response)) as reading:
            async for event in reading:
                events.append(event)
    except ProviderError as error:
        return events, error
    return events, None


def text(events: list[Event]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextDelta))


async def test_it_answers_with_something_worth_reading_and_an_end() -> None:
    events, error = await ask("Hello")
    assert error is None
    assert text(events) == mock_text.answer_to("Hello")
    assert events[-2] == Finish(FinishReason.STOP)
    assert events[-1] == Usage(len("Hello") // 4, len(events) - 2)
    assert await ask("Hello") == (events, None)


@pytest.mark.parametrize("answer", mock_text.ANSWERS)
def test_each_answer_shows_what_markdown_has(answer: str) -> None:
    assert 250 <= len(answer.split()) <= 400
    for mark in ("\n## ", "**", "```", "\n| ", "\n> "):
        assert mark in f"\n{answer}"
    assert "\n- " in answer or "\n1. " in answer


def test_what_is_asked_about_is_answered() -> None:
    assert len({mock_text.answer_to(prompt) for prompt in ("Who pays?", "How do streams work?", "How to stop?")}) == 3
    assert mock_text.answer_to("Help!") == mock_text.HELP
    assert mock_text.answer_to("help me write a letter") != mock_text.HELP
    assert "`help`" in mock_text.answer_to("Hello")


@pytest.mark.parametrize(
    ("prompt", "speed"),
    [
        ("Hello", HUMAN_PACE),
        ("slow please", 4),
        ("be FAST", 400),
        ("at 5000 tokens a second", 5_000),
        ("1 token/s", 1),
        ("12.5 tokens per second", 12.5),
        ("1,000 tokens / sec", 1_000),
        ("99999999 tokens/s", 5_000),
        ("0 tokens/s", 1),
        ("breakfast, slowness", HUMAN_PACE),
    ],
)
def test_speeds(prompt: str, speed: float) -> None:
    assert read_script(prompt, "halt-mock").tokens_per_second == speed


@pytest.mark.parametrize("speed", [1, 40, 5_000])
async def test_it_keeps_its_pace(speed: int) -> None:
    clock = LeapingClock()
    begun = clock.time
    events, _ = await ask(f"300 words at {speed} tokens a second", clock=clock)
    (usage,) = (event for event in events if isinstance(event, Usage))
    taken = clock.time - begun
    expected = usage.output_tokens * 1000 / speed
    # Nothing else is in it but the head's 100 ms, and at most two waits of the shortest kind.
    assert expected <= taken <= expected + 100 + 2 * max(1000 / speed, SHORTEST_WAIT_MS)
    assert min(clock.sleeps) >= SHORTEST_WAIT_MS


async def test_a_late_wake_sends_all_that_is_due_as_one_chunk() -> None:
    """As in a hidden tab, whose timers come once a second."""
    exchange = MockTransport(LeapingClock(late_ms=1_000)).exchange()
    response = await exchange.open(request("100 tokens/s"))
    async with aclosing(response.chunks()) as chunks:
        await anext(chunks)
        assert (await anext(chunks)).count(b"data: ") == 101


@pytest.mark.parametrize(
    ("prompt", "length"),
    [
        ("60,000 characters", 60_000),
        ("1 character", 1),
        ("2k chars", 2_000),
        ("long", 20_000),
        ("0.1 million letters", 100_000),
    ],
)
async def test_lengths_in_characters(prompt: str, length: int) -> None:
    events, error = await ask(f"{prompt}, 5000 tokens/s")
    assert error is None
    assert len(text(events)) == length


@pytest.mark.parametrize(
    ("prompt", "words"), [("500 words", 500), ("1 word", 1), ("short", 40), ("5,000 words", 5_000)]
)
async def test_lengths_in_words(prompt: str, words: int) -> None:
    events, _ = await ask(f"{prompt}, 5000 tokens/s")
    assert len(text(events).split()) == words


async def test_max_tokens_ends_it_with_length() -> None:
    events, _ = await ask("Hello", max_tokens=7)
    assert events[-2:] == [Finish(FinishReason.LENGTH), Usage(1, 7)]
    assert len(events) == 9


@pytest.mark.parametrize(("prompt", "model"), [("think first", ""), ("Hello", "halt-mock-thinking")])
async def test_thinking_comes_first(prompt: str, model: str) -> None:
    events, _ = await ask(prompt, model=model)
    kinds = [type(event) for event in events]
    thoughts = kinds.count(ThinkingDelta)
    assert thoughts > 20
    assert set(kinds[:thoughts]) == {ThinkingDelta}
    assert text(events) == mock_text.answer_to(prompt)


@pytest.mark.parametrize(("prompt", "model"), [("error", ""), ("Hello", "halt-mock-error")])
async def test_an_error_in_the_middle(prompt: str, model: str) -> None:
    events, error = await ask(prompt, model=model)
    assert type(error) is ErrorInStream
    assert "asked for" in error.sentence
    assert mock_text.answer_to(prompt).startswith(text(events))
    assert len(events) == 100


async def test_a_cut_in_the_middle() -> None:
    events, error = await ask("cut")
    assert type(error) is ConnectionCut
    assert mock_text.answer_to("cut").startswith(text(events))
    assert len(events) == 100


@pytest.mark.parametrize("prompt", ["error, 3 characters", "error, 1 word"])
async def test_a_fault_strikes_however_short_the_answer(prompt: str) -> None:
    assert type((await ask(prompt))[1]) is ErrorInStream


@pytest.mark.parametrize(("prompt", "model"), [("no answer", ""), ("empty", ""), ("Hello", "halt-mock-empty")])
async def test_no_answer_at_all(prompt: str, model: str) -> None:
    events, error = await ask(prompt, model=model)
    assert error is None
    assert [type(event) for event in events] == [Finish, Usage]


@pytest.mark.parametrize(("prompt", "words"), [("stall", 100), ("silent", 0)])
async def test_it_waits_for_ever_and_abort_ends_it_at_once(prompt: str, words: int) -> None:
    """S9, S10."""
    exchange = MockTransport(LeapingClock()).exchange()
    response = await exchange.open(request(prompt))
    events: list[Event] = []

    async def take() -> None:
        async with aclosing(PROVIDER.events(response)) as reading:
            async for event in reading:
                events.append(event)

    task = asyncio.create_task(take())
    for _ in range(2_000):
        await asyncio.sleep(0)
    assert len(events) == words
    assert not task.done()
    exchange.abort()
    with pytest.raises(Aborted):
        await task


def chunks_of(response: Response) -> asyncio.Task[bytes]:
    async def take() -> bytes:
        async with aclosing(response.chunks()) as chunks:
            return b"".join([chunk async for chunk in chunks])

    return asyncio.create_task(take())


async def opened(exchange: Exchange, clock: FrozenClock) -> Response:
    """Open ``exchange`` with the time standing still, letting its first sleep pass."""
    clock_sleep, passes = clock.sleep, asyncio.sleep
    clock.sleep = lambda ms: passes(0)  # type: ignore[method-assign]
    response = await exchange.open(request("Hello"))
    clock.sleep = clock_sleep  # type: ignore[method-assign]
    return response


async def test_abort_ends_connecting() -> None:
    """S9: in the middle of the wait for the answer's head."""
    clock = FrozenClock()
    exchange = MockTransport(clock).exchange()
    task = asyncio.create_task(exchange.open(request("Hello")))
    await clock.asleep.wait()
    exchange.abort()
    exchange.abort()
    with pytest.raises(Aborted):
        await task
    assert clock.left == 1


async def test_abort_ends_a_sleep_between_two_tokens() -> None:
    """S10."""
    clock = FrozenClock()
    exchange = MockTransport(clock).exchange()
    task = chunks_of(await opened(exchange, clock))
    await clock.asleep.wait()
    exchange.abort()
    with pytest.raises(Aborted):
        await task
    assert clock.left == 1


async def test_cancelling_ends_the_sleep_and_its_timer() -> None:
    """S12, S25."""
    clock = FrozenClock()
    task = chunks_of(await opened(MockTransport(clock).exchange(), clock))
    await clock.asleep.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.sleep(0)
    assert clock.left == 1
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.mark.parametrize("prompt", ["1000 tokens/s", "1 word"])
async def test_nothing_is_sent_after_an_abort(prompt: str) -> None:
    """S6: though a thousand tokens are due already, or only the end is left to be said."""
    exchange = MockTransport(LeapingClock(late_ms=1_000)).exchange()
    response = await exchange.open(request(prompt))
    async with aclosing(response.chunks()) as chunks:
        await anext(chunks)
        await anext(chunks)
        exchange.abort()
        with pytest.raises(Aborted):
            await anext(chunks)


async def test_an_abort_before_it_opens() -> None:
    exchange = MockTransport(LeapingClock()).exchange()
    exchange.abort()
    with pytest.raises(Aborted):
        await exchange.open(request("Hello"))


@pytest.mark.parametrize("kept", [1, 100, 700])
@pytest.mark.parametrize("prompt", ["Hello", "3,000 characters, fast", "error", "stall", "cut"])
async def test_continue_goes_on_from_the_very_character(prompt: str, kept: int) -> None:
    """S20; and what went wrong once does not go wrong again."""
    whole = "".join(mock_text.first_characters(mock_text.endless(mock_text.answer_to(prompt)), 3_000))
    whole = whole if "characters" in prompt else mock_text.answer_to(prompt)
    events, error = await ask(prompt, whole[:kept], CONTINUE)
    assert error is None
    assert whole[:kept] + text(events) == whole


async def test_continue_what_it_never_said_is_answered_anew() -> None:
    events, _ = await ask("Hello", "Something else", CONTINUE)
    assert text(events) == mock_text.answer_to("Hello")


async def test_continue_without_anything_before_is_a_prompt_like_any_other() -> None:
    events, error = await ask(CONTINUE)
    assert error is None
    assert text(events)


@pytest.mark.parametrize("model", MODELS)
def test_every_model_does_what_its_name_says(model: str) -> None:
    script = read_script("Hello", model)
    name = model.removeprefix("halt-mock").removeprefix("-")
    assert (script.fault is not Fault.NONE) == (name in {"stall", "error", "empty"})
    assert script.thinking == (name == "thinking")
    assert (script.tokens_per_second == HUMAN_PACE) == (name not in {"fast", "slow"})


async def test_it_lists_its_models() -> None:
    response = await MockTransport(LeapingClock()).exchange().open(PROVIDER.models_request(ProviderSettings()))
    assert await PROVIDER.models(response) == sorted(MODELS)


async def test_any_other_path_and_body_is_answered_like_a_server_would() -> None:
    exchange = MockTransport(LeapingClock()).exchange()
    with pytest.raises(NotFound):
        await PROVIDER.models(await exchange.open(Request("GET", "https://mock.invalid/v1/other")))
    for body in (None, b"{", b"{}", json.dumps({"messages": [1]}).encode()):
        response = await exchange.open(Request("POST", "https://mock.invalid/v1/chat/completions", body=body))
        assert response.status == 400


def test_no_token_loses_a_character() -> None:
    pieces = [*mock_text.ANSWERS, mock_text.HELP, "é 日本 🙂\r\n\t\x00_"]
    tokens = list(mock_text.tokens(pieces))
    assert "".join(tokens) == "".join(pieces)
    assert 3 < len("".join(tokens)) / len(tokens) < 5
