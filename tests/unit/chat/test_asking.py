"""Which settings a conversation asks with: its profile's, what differs here, and a prompt that is filled in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from halt.chat.connection import Connection
from halt.chat.overrides import Overrides
from halt.chat.prompt import Here
from halt.chat.status import Status
from halt.chat.workspace import Workspace
from halt.providers.base import ProviderSettings
from halt.providers.errors import BadPrompt
from halt.providers.openai_chat import OpenAIChat
from halt.providers.presets import preset
from tests.servers import AsyncioClock, ProviderServer, SocketTransport

from .screen import Screen, nothing_left, until


class Slow(Here):
    """Surroundings whose part that reads variables takes as long to load as the test says."""

    def __init__(self) -> None:
        self.ready = True
        self.loaded = asyncio.Event()
        self.error: BadPrompt | None = None

    async def load(self) -> None:
        await self.loaded.wait()
        if self.error:
            raise self.error
        self.ready = True

    def facts(self) -> dict[str, str]:
        return super().facts() | {"date": "2026-11-22", "selection": "these words"}


class Bench:
    """A workspace with two profiles on one real socket."""

    def __init__(self, server: ProviderServer) -> None:
        self.server = server
        self.surroundings = Slow()
        self.screen = Screen()
        work = ProviderSettings(preset="custom", base_url=server.url, model="m", system_prompt="Be brief.")
        self.workspace = Workspace(
            work, lambda one: self._connect(one), AsyncioClock(), self.screen, surroundings=self.surroundings
        )
        self.asking = self.workspace.asking
        self.asking.profile = "work"
        self.asking.profiles = {"work": work, "home": replace(work, model="n", temperature=0.5, also_models=())}
        self.asking.prompts = {"p": "From the library."}

    def _connect(self, settings: ProviderSettings) -> Connection:
        return Connection(OpenAIChat(preset(settings.preset)), SocketTransport(), "Test")

    async def asked(self, text: str) -> None:
        await self.workspace.send(text).closed

    def sent(self, number: int = -1) -> tuple[str, object, object, str]:
        """What the provider was told: model, temperature, max_tokens and system prompt."""
        json = self.server.exchanges[number].json
        first = json["messages"][0]
        prompt = first["content"] if first["role"] == "system" else ""
        return json["model"], json.get("temperature"), json.get("max_tokens"), prompt

    def own(self, **own: object) -> None:
        chat = self.workspace.current
        chat.overrides = replace(chat.overrides, **own)  # type: ignore[arg-type] - each test names a field with its type


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    with ProviderServer() as server:
        async with nothing_left(server):
            yield Bench(server)


async def test_what_one_chat_changes_holds_there_alone(bench: Bench) -> None:
    bench.own(model="o", temperature=1.5, max_tokens=7, system_prompt="Only here.")
    first = bench.workspace.current
    await bench.asked("First")
    assert bench.sent() == ("o", 1.5, 7, "Only here.")
    bench.workspace.new_conversation()
    await bench.asked("Second")
    assert bench.sent() == ("m", None, None, "Be brief.")
    bench.workspace.open_conversation(first.id)
    await bench.asked("Third")
    assert bench.sent() == ("o", 1.5, 7, "Only here.")


async def test_every_way_to_ask_takes_the_settings_of_its_chat(bench: Bench) -> None:
    """Send, what waited, Regenerate and Continue; also of a chat that is not on the screen."""
    bench.own(profile="home")
    run = bench.workspace.send("First")
    bench.workspace.queue("Second")
    bench.workspace.new_conversation()
    await run.closed
    await until(lambda: not bench.workspace.runs.any_open and len(bench.server.exchanges) == 2)
    chat = bench.workspace.conversation_of(run.reply)
    assert chat
    bench.workspace.open_conversation(chat.id)
    await bench.workspace.regenerate(run.reply).closed
    await bench.workspace.go_on(run.reply).closed
    assert [bench.sent(number)[:2] for number in range(4)] == [("n", 0.5)] * 4


async def test_a_chat_keeps_the_profile_that_it_began_with(bench: Bench) -> None:
    await bench.asked("First")
    bench.asking.profile, bench.asking.settings = "home", bench.asking.profiles["home"]
    await bench.asked("Second")
    assert bench.sent()[0] == "m"
    bench.workspace.new_conversation()
    await bench.asked("Third")
    assert bench.sent()[0] == "n"


async def test_where_a_profile_is_gone_the_one_for_new_chats_answers_with_its_own_model(bench: Bench) -> None:
    bench.own(profile="gone", model="o", temperature=1.0)
    assert bench.asking.has_lost_profile(bench.workspace.current)
    await bench.asked("First")
    assert bench.sent()[:2] == ("m", 1.0)
    assert bench.workspace.current.overrides == Overrides("work", temperature=1.0)
    assert not bench.asking.has_lost_profile(bench.workspace.current)


async def test_a_new_chat_has_nothing_of_what_the_last_one_chose(bench: Bench) -> None:
    bench.own(profile="home", model="o")
    bench.workspace.new_conversation()
    assert bench.workspace.current.overrides == Overrides()


async def test_a_model_of_its_own_takes_neither_prices_nor_the_models_beside_it(bench: Bench) -> None:
    """S22, S23"""
    settings = ProviderSettings(model="m", also_models=("n",), input_price=1.0, output_price=2.0)
    here = Overrides(model="o").over(settings, {})
    assert (here.model, here.also_models, here.input_price, here.output_price) == ("o", (), None, None)
    assert Overrides(model="m").over(settings, {}) == settings


async def test_a_prompt_of_the_library_can_be_chosen_for_a_chat(bench: Bench) -> None:
    bench.own(prompt="p")
    await bench.asked("First")
    assert bench.sent()[3] == "From the library."
    bench.own(prompt="gone")
    await bench.asked("Second")
    assert bench.sent()[3] == "Be brief."
    bench.own(prompt="", system_prompt="")
    await bench.asked("Third")
    assert bench.sent()[3] == ""


async def test_variables_are_filled_in_for_the_model_that_is_asked(bench: Bench) -> None:
    settings = bench.asking.profiles["work"]
    prompt = "{{ date }} {{ model }} {{ provider }} [{{ title }}] {{ selection }}"
    bench.asking.profiles = {"work": replace(settings, also_models=("n",), system_prompt=prompt)}
    bench.workspace.send("Why?")
    await until(lambda: not bench.workspace.runs.any_open)
    assert sorted(bench.sent(number)[3] for number in range(2)) == [
        "2026-11-22 m Other (OpenAI-compatible) [] these words",
        "2026-11-22 n Other (OpenAI-compatible) [] these words",
    ]


async def test_a_prompt_that_cannot_be_filled_in_is_told_before_anything_is_sent(bench: Bench) -> None:
    bench.own(system_prompt="{{ dat }}")
    with pytest.raises(BadPrompt):
        bench.workspace.send("First")
    assert bench.workspace.current.last is None
    assert bench.server.exchanges == []


async def test_what_is_not_loaded_yet_is_waited_for_by_the_run(bench: Bench) -> None:
    """S10: Send awaits nothing; the moment is that of the press."""
    bench.own(system_prompt="{{ date }}")
    bench.surroundings.ready = False
    run = bench.workspace.send("First")
    assert run.reply.status is Status.CONNECTING
    await asyncio.sleep(0)
    assert bench.server.exchanges == []
    bench.surroundings.loaded.set()
    await run.closed
    assert run.reply.status is Status.COMPLETE
    assert bench.sent()[3] == "2026-11-22"
    assert run.id == run.question.run_id == run.reply.run_id


async def test_a_stop_ends_the_wait_and_nothing_is_sent(bench: Bench) -> None:
    """S10, S12"""
    bench.own(system_prompt="{{ date }}")
    bench.surroundings.ready = False
    run = bench.workspace.send("First")
    await asyncio.sleep(0)
    bench.workspace.stop()
    assert run.reply.status is Status.STOPPED
    bench.surroundings.loaded.set()
    await run.closed
    assert bench.server.exchanges == []


async def test_what_cannot_be_loaded_is_said_and_retry_asks_again(bench: Bench) -> None:
    bench.own(system_prompt="{{ date }}")
    bench.surroundings.ready = False
    bench.surroundings.error = BadPrompt("It could not be loaded.")
    bench.surroundings.loaded.set()
    run = bench.workspace.send("First")
    await run.closed
    assert (run.reply.status, run.reply.notice) == (Status.FAILED, "It could not be loaded.")
    assert bench.server.exchanges == []
    bench.surroundings.error = None
    await bench.workspace.regenerate(run.reply).closed
    assert bench.sent()[3] == "2026-11-22"
