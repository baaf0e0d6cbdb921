"""Against a server nobody here wrote: llm-katan's OpenAI, Anthropic and Google formats, over real sockets."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import aclosing

import pytest

from halt.chat.check import check, list_models
from halt.chat.connection import Connection
from halt.chat.conversation import Reply
from halt.chat.silence import Silence
from halt.chat.status import Status
from halt.chat.workspace import Workspace
from halt.providers.base import Image, Message, ProviderSettings
from halt.providers.dialects import provider_for
from halt.providers.errors import Refused
from halt.providers.events import FinishReason, TextDelta
from halt.providers.preset import Billing
from halt.providers.presets import preset
from tests.servers import AsyncioClock, SocketTransport
from tests.servers.katan import KEY, ROWS, KatanServer
from tests.unit.chat.screen import Screen, until

FORMATS = pytest.mark.parametrize("row", ROWS)


@pytest.fixture(scope="module")
def running() -> Iterator[KatanServer]:
    with KatanServer() as server:
        yield server


@pytest.fixture
def katan(running: KatanServer) -> KatanServer:
    running.forget()
    return running


def settings_of(row: str, katan: KatanServer, key: str = "") -> ProviderSettings:
    return ProviderSettings(row, katan.base_url(row), key or KEY, "echo-1")


def connection(settings: ProviderSettings) -> Connection:
    return Connection(provider_for(preset(settings.preset)), SocketTransport(), "Stranger", billing=Billing.BILLS)


def workspace(settings: ProviderSettings) -> Workspace:
    return Workspace(settings, connection, AsyncioClock(), Screen(), Silence(60_000, 120_000))


async def completed(talk: Workspace, text: str) -> Reply:
    run = talk.send(text)
    await run.closed
    assert run.reply.status is Status.COMPLETE, run.reply.notice
    return run.reply


@FORMATS
async def test_a_reply_comes_whole_with_its_count(row: str, katan: KatanServer) -> None:
    """S22"""
    reply = await completed(workspace(settings_of(row, katan)), "Hé 日🙂 there")
    assert "[echo] model=echo-1" in reply.text
    assert reply.text.endswith("User: Hé 日🙂 there")
    assert reply.finish is FinishReason.STOP
    assert reply.spent is not None
    assert (reply.spent.input_tokens, reply.spent.estimated) == (3, False)  # it counts words
    assert katan.wait_ended(1)["status"] == 200


@FORMATS
async def test_stop_closes_the_connection_and_the_next_turn_tells_what_was_kept(row: str, katan: KatanServer) -> None:
    """S7, S11, S19: the echo takes far longer than the test, and it ends in the middle."""
    talk = workspace(settings_of(row, katan))
    run = talk.send("word " * 20_000)
    await until(lambda: len(run.reply.text) > 100 or not run.running)
    assert run.running, run.reply.notice
    await run.stop()
    assert run.reply.status is Status.STOPPED
    ended = await asyncio.to_thread(katan.wait_ended, 1)
    assert ended["status"] == 200
    assert ended["pieces"] < 20_000  # of 25,000, four characters each
    assert "messages=3 " in (await completed(talk, "And?")).text


@FORMATS
async def test_what_is_sent_is_taken_as_it_is_meant(row: str, katan: KatanServer) -> None:
    """The system prompt, an image, a temperature and a length, each where this format has it."""
    settings = settings_of(row, katan)
    told = [
        Message("system", "Be brief."),
        Message("user", "What is it?", (Image("image/png", b"\x89PNG"),)),
        Message("assistant", "A cat"),
        Message("user", "Sure?", (Image("image/jpeg", b"\xff\xd8"),)),
    ]
    asked = ProviderSettings(row, settings.base_url, settings.api_key, "echo-1", temperature=0.25, max_tokens=77)
    provider = provider_for(preset(row))
    exchange = SocketTransport().exchange()
    response = await exchange.open(provider.request(told, asked))
    async with aclosing(provider.events(response)) as events:
        said = "".join([event.text async for event in events if isinstance(event, TextDelta)])
    assert "messages=4 " in said
    assert "temperature=0.25" in said
    assert ("max_tokens=77" in said) or row == "openai"  # it does not know the newer name, max_completion_tokens
    assert "[image:image/jpeg]" in said
    assert said.endswith("Sure?")


@FORMATS
async def test_a_wrong_key_is_refused_and_stays_unseen(row: str, katan: KatanServer) -> None:
    run = workspace(settings_of(row, katan, "sk-wrong-0123456789")).send("Hi")
    await run.closed
    assert run.reply.status is Status.FAILED
    assert "refused the API key (401)" in run.reply.notice
    assert "sk-wrong" not in f"{run.reply.notice}{run.reply.details}"


@FORMATS
async def test_a_connection_is_tried(row: str, katan: KatanServer) -> None:
    settings = settings_of(row, katan)
    async with aclosing(check(connection(settings), settings, AsyncioClock())) as findings:
        found = [finding async for finding in findings]
    assert found[-1].sentence.startswith("The model streams: its first word came after ")


async def test_the_models_of_openai_s_format_are_listed(katan: KatanServer) -> None:
    settings = settings_of("openai", katan)
    assert await list_models(connection(settings), settings) == ["echo-1"]
    wrong = settings_of("openai", katan, "wrong")
    with pytest.raises(Refused):
        await list_models(connection(wrong), wrong)
