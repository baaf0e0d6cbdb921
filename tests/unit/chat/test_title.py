"""Titles by the model: one short request after the first complete reply, which ends with whatever is stopped."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from halt.chat.connection import Connection
from halt.chat.conversation import Conversation, GrowingText, Prompt, Reply
from halt.chat.status import Status
from halt.chat.title import LIMIT_MS, MOST_SAID, TOKENS, clean, wants_title
from halt.chat.workspace import Workspace
from halt.providers.base import ProviderSettings
from halt.providers.openai_chat import OpenAIChat
from halt.providers.presets import preset
from tests.servers import Answer, AsyncioClock, ManualClock, ProviderServer, SocketTransport, endless

from .screen import Screen, nothing_left, until

NEVER = float("inf")
REPLY = Answer(text="It is blue.")


class Bench:
    """A workspace that asks for titles, and a provider on a real socket."""

    def __init__(self, server: ProviderServer) -> None:
        self.server = server
        self.screen = Screen()
        settings = ProviderSettings(preset="custom", base_url=server.url, model="m", system_prompt="Be brief.")
        self.workspace = Workspace(settings, self._connect, AsyncioClock(), self.screen, titles=True)

    @property
    def conversation(self) -> Conversation:
        return self.workspace.current

    def _connect(self, settings: ProviderSettings) -> Connection:
        return Connection(OpenAIChat(preset(settings.preset)), SocketTransport(), "Test")

    async def asked(self, text: str = "What colour is the sky?") -> Reply:
        run = self.workspace.send(text)
        await run.closed
        return run.reply

    async def settle(self) -> None:
        """Let everything that was begun end."""
        while others := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(others)


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    with ProviderServer() as server:
        async with nothing_left(server):
            yield Bench(server)


async def test_the_first_complete_reply_gets_a_title_and_no_other_one_does(bench: Bench) -> None:
    bench.server.answer(REPLY, Answer(text='"The **Sky** and its\n colour."'), REPLY, REPLY)
    reply = await bench.asked()
    assert bench.conversation.title == "What colour is the sky?"
    await bench.settle()
    assert bench.screen.titles == [(bench.conversation.id, "The Sky and its")]
    assert bench.conversation.title_by == "model"
    request = bench.server.exchanges[1].json
    assert request["max_tokens"] == TOKENS
    assert [message["role"] for message in request["messages"]] == ["user"]
    assert "What colour is the sky?" in request["messages"][0]["content"]
    assert "It is blue." in request["messages"][0]["content"]
    await bench.asked("And at night?")
    await bench.workspace.regenerate(reply).closed
    await bench.settle()
    assert len(bench.server.exchanges) == 4


@pytest.mark.parametrize("answer", [Answer(status=429), Answer(text=" \n"), Answer(text="Half", cut_after=1)])
async def test_without_an_answer_the_first_words_stay_and_it_is_not_asked_again(bench: Bench, answer: Answer) -> None:
    bench.server.answer(REPLY, answer, REPLY)
    await bench.asked()
    await bench.settle()
    await bench.asked("And at night?")
    await bench.settle()
    assert (bench.conversation.title, bench.conversation.title_by) == ("What colour is the sky?", "")
    assert bench.screen.titles == []
    assert len(bench.server.exchanges) == 3


async def test_no_title_is_asked_for_after_a_stop(bench: Bench) -> None:
    """S16"""
    bench.server.answer(Answer(text=endless(), tokens_per_second=100))
    run = bench.workspace.send("Go")
    await until(lambda: run.reply.source)
    bench.workspace.stop()
    await bench.settle()
    assert len(bench.server.exchanges) == 1


async def test_a_reply_without_a_word_gets_no_title(bench: Bench) -> None:
    bench.server.answer(Answer(text=""))
    await bench.asked()
    await bench.settle()
    assert len(bench.server.exchanges) == 1


@pytest.mark.parametrize("how", ["stop", "delete", "delete the reply", "stop what came next"])
async def test_a_stop_ends_the_asking_for_a_title(bench: Bench, how: str) -> None:
    """S11, S12, S16: the connection closes, and nothing comes after that."""
    bench.server.answer(
        REPLY, Answer(text=["Sky", " blue"], stall_after=1), Answer(text=endless(), tokens_per_second=100)
    )
    reply = await bench.asked()
    await until(lambda: len(bench.server.exchanges) == 2)
    conversation = bench.conversation
    match how:
        case "stop":
            bench.workspace.stop()
        case "delete":
            bench.workspace.remove_conversation(conversation)
        case "delete the reply":
            bench.workspace.delete(reply)
        case "stop what came next":
            run = bench.workspace.send("And at night?")
            await until(lambda: run.reply.source)
            await run.stop()
    await asyncio.to_thread(bench.server.exchanges[1].wait_left)
    await bench.settle()
    assert bench.screen.titles == []
    assert conversation.title_by == ""


async def test_a_persons_title_is_never_overwritten(bench: Bench) -> None:
    bench.server.answer(REPLY, Answer(text="Sky", first_chunk_after_ms=100))
    await bench.asked()
    bench.conversation.rename("Mine")
    await bench.settle()
    assert (bench.conversation.title, bench.conversation.title_by) == ("Mine", "person")
    assert bench.screen.titles == []


async def test_what_is_slow_is_given_up_and_what_talks_on_is_left(bench: Bench) -> None:
    clock = ManualClock()
    settings = bench.workspace.settings
    workspace = Workspace(settings, bench._connect, clock, bench.screen, titles=True)
    bench.server.answer(REPLY, Answer(headers_after_ms=NEVER))
    asking = workspace.send("Slow?")
    while asking.status is not Status.COMPLETE:
        await clock.advance(20)
        await asyncio.sleep(0.001)
    await until(lambda: len(bench.server.exchanges) == 2)
    await clock.advance(LIMIT_MS)
    await asyncio.to_thread(bench.server.exchanges[1].wait_left)
    await bench.settle()
    assert clock.pending == 0
    bench.server.answer(REPLY, Answer(text=endless("word "), tokens_per_second=100_000))
    await bench.asked("Talks?")
    await bench.settle()
    assert len(bench.server.exchanges[3].sent_text) < 100 * MOST_SAID
    assert bench.screen.titles == [(bench.conversation.id, "word word word word word word word word")]


async def test_switched_off_none_is_asked_for(bench: Bench) -> None:
    bench.workspace.titles = False
    bench.server.answer(REPLY)
    await bench.asked()
    await bench.settle()
    assert len(bench.server.exchanges) == 1


def test_replies_side_by_side_are_waited_for() -> None:
    conversation = Conversation("c")
    prompt = Prompt("p", text="Hi")
    conversation.add(prompt, None)
    replies = [Reply(name, source=GrowingText("Hello"), status=Status.COMPLETE) for name in "ab"]
    for reply in replies:
        conversation.add(reply, prompt)
    prompt.columns = replies
    assert wants_title(conversation)
    replies[1].status = Status.STOPPED
    conversation.choose(replies[1])
    assert not wants_title(conversation)


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("Blue Sky", "Blue Sky"),
        ("  “Blue Sky.”\nBecause it is blue.", "Blue Sky"),
        ("**Title: `Blue` Sky**", "Blue Sky"),
        ("# Blue Sky", "Blue Sky"),
        ("<think>\nHm. Sky?\n</think>\n\nBlue Sky", "Blue Sky"),
        ("<think>\nHm. Sky?", ""),
        ("空の色", "空の色"),
        ("one two three four five six seven eight nine ten", "one two three four five six seven eight"),
        ("x" * 200, "x" * 59 + "…"),
        ("", ""),
        ('""', ""),
    ],
)
def test_a_title_is_a_few_plain_words(said: str, title: str) -> None:
    assert clean(said) == title
