"""The workspace: every command, and that one which can't work leaves everything as it was."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from halt.chat.attachment import Attachment
from halt.chat.connection import Connection
from halt.chat.context import CONTINUE
from halt.chat.conversation import Prompt, Reply
from halt.chat.run import Run
from halt.chat.status import Status, StopReason
from halt.chat.workspace import Workspace
from halt.providers.base import ProviderSettings
from halt.providers.errors import BadAddress, BadKey, KeyLocked, NoModel, ProviderError
from halt.providers.openai_chat import OpenAIChat
from halt.providers.presets import preset
from tests.servers import Answer, AsyncioClock, ProviderServer, SocketTransport, endless

from .screen import Screen, nothing_left, until

WORDS = Answer(text=endless(), tokens_per_second=100)


class Bench:
    """A workspace whose provider is on a real socket."""

    def __init__(self, server: ProviderServer) -> None:
        self.server = server
        self.screen = Screen()
        self.locked = False
        self.remembered = ""
        settings = ProviderSettings(preset="custom", base_url=server.url, model="m", system_prompt="Be brief.")
        self.workspace = Workspace(settings, self._connect, AsyncioClock(), self.screen)

    def _connect(self, settings: ProviderSettings) -> Connection:
        if self.locked:
            raise KeyLocked(settings.base_url)
        return Connection(OpenAIChat(preset(settings.preset)), SocketTransport(), "Test", api_key=self.remembered)

    async def asked(self, text: str, instead_of: Prompt | None = None) -> Reply:
        """Ask and wait for the end."""
        return await ended(self.workspace.send(text, instead_of))

    def messages(self, number: int) -> list[tuple[str, str]]:
        """What the provider was told with one request, without the system prompt."""
        told = self.server.exchanges[number].json["messages"]
        assert told[0] == {"role": "system", "content": "Be brief."}
        return [(message["role"], message["content"]) for message in told[1:]]

    def path(self) -> list[str]:
        return [turn.text for turn in self.workspace.current.path() if isinstance(turn, Prompt | Reply)]


async def ended(run: Run) -> Reply:
    await run.closed
    return run.reply


def prompt_of(reply: Reply) -> Prompt:
    assert isinstance(reply.parent, Prompt)
    return reply.parent


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    with ProviderServer() as server:
        async with nothing_left(server):
            yield Bench(server)


async def test_what_is_asked_is_told_with_all_that_came_before(bench: Bench) -> None:
    bench.server.answer(Answer(text="One."), Answer(text="Two."))
    first = await bench.asked("First")
    await bench.asked("Second")
    assert bench.path() == ["First", "One.", "Second", "Two."]
    assert bench.messages(0) == [("user", "First")]
    assert bench.messages(1) == [("user", "First"), ("assistant", "One."), ("user", "Second")]
    assert (first.provider, first.model, first.status) == ("Test", "m", Status.COMPLETE)


async def test_an_edited_prompt_is_a_branch_beside_the_old_one(bench: Bench) -> None:
    """S21"""
    bench.server.answer(Answer(text="One."), Answer(text="Two."), Answer(text="Three."))
    first = await bench.asked("First")
    await bench.asked("Second")
    await bench.asked("Changed", prompt_of(first))
    assert bench.path() == ["Changed", "Three."]
    assert bench.messages(2) == [("user", "Changed")]
    branches = bench.workspace.current.branches(prompt_of(first))
    assert [turn.text for turn in branches if isinstance(turn, Prompt)] == ["First", "Changed"]
    bench.workspace.current.choose(first)
    assert bench.path() == ["First", "One.", "Second", "Two."]


async def test_regenerate_adds_a_branch_and_asks_the_same(bench: Bench) -> None:
    bench.server.answer(Answer(text="One."), Answer(text="Other."))
    first = await bench.asked("First")
    other = await ended(bench.workspace.regenerate(first))
    assert bench.path() == ["First", "Other."]
    assert bench.messages(1) == bench.messages(0) == [("user", "First")]
    assert bench.workspace.current.branches(other) == [first, other]
    assert first.text == "One."


async def test_going_on_appends_to_the_same_reply(bench: Bench) -> None:
    """S20: what is said twice at the seam is kept once."""
    bench.server.answer(Answer(text="One ", finish_reason="length"), Answer(text="One two."))
    reply = await bench.asked("First")
    assert await ended(bench.workspace.go_on(reply)) is reply
    assert reply.text == "One two."
    assert bench.messages(1) == [("user", "First"), ("assistant", "One"), ("user", CONTINUE)]
    assert bench.path() == ["First", "One two."]


async def test_a_provider_that_prefills_goes_on_by_itself(bench: Bench) -> None:
    """S20: no turn asks it to, and a word that the kept text ends with as well is no repetition."""
    bench.server.answer(Answer(text="Once and", finish_reason="length"), Answer(text=" and once more."))
    bench.workspace.settings = replace(bench.workspace.settings, preset="mistral")
    reply = await bench.asked("First")
    await ended(bench.workspace.go_on(reply))
    assert bench.messages(1) == [("user", "First"), ("assistant", "Once and")]
    assert bench.server.exchanges[1].json["messages"][-1]["prefix"] is True
    assert reply.text == "Once and and once more."


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"base_url": "ftp://x"}, BadAddress),
        ({"base_url": ""}, BadAddress),
        ({"api_key": "two words"}, BadKey),
        ({"model": " "}, NoModel),
    ],
)
async def test_settings_that_cannot_work_add_nothing_and_send_nothing(
    bench: Bench, change: dict[str, str], error: type[ProviderError]
) -> None:
    bench.server.answer(Answer(text="One.", finish_reason="length"))
    reply = await bench.asked("First")
    workspace = bench.workspace
    workspace.settings = replace(workspace.settings, **change)  # type: ignore[arg-type] - each row of the table fits its field
    said = len(bench.screen.statuses)
    for ask in (
        lambda: workspace.send("Second"),
        lambda: workspace.send("Changed", prompt_of(reply)),
        lambda: workspace.regenerate(reply),
        lambda: workspace.go_on(reply),
    ):
        with pytest.raises(error):
            ask()
    assert bench.path() == ["First", "One."]
    assert len(list(workspace.current.turns())) == 2
    assert (reply.status, len(bench.screen.statuses), workspace.running) == (Status.COMPLETE, said, False)
    assert len(bench.server.exchanges) == 1


async def test_a_blank_text_is_not_sent(bench: Bench) -> None:
    with pytest.raises(ValueError, match="nothing to send"):
        bench.workspace.send(" \n")
    assert bench.path() == []


async def test_deleting_a_running_reply_stops_it_and_can_be_undone(bench: Bench) -> None:
    """S15, S16"""
    bench.server.answer(WORDS)
    run = bench.workspace.send("First")
    exchange = await asyncio.to_thread(bench.server.wait_request)
    await until(lambda: bench.screen.text)
    removed = bench.workspace.delete(prompt_of(run.reply))
    assert bench.path() == []
    assert (run.status, run.stop_reason) == (Status.STOPPED, StopReason.DELETED)
    await asyncio.to_thread(exchange.wait_left)
    await run.closed
    bench.workspace.current.restore(removed)
    assert bench.path() == ["First", bench.screen.text]


async def test_deleting_one_of_two_replies_brings_the_other_back(bench: Bench) -> None:
    bench.server.answer(Answer(text="One."), Answer(text="Other."))
    first = await bench.asked("First")
    other = await ended(bench.workspace.regenerate(first))
    removed = bench.workspace.delete(other)
    assert bench.path() == ["First", "One."]
    bench.workspace.current.restore(removed)
    assert bench.path() == ["First", "Other."]
    assert bench.workspace.current.branches(other) == [first, other]


async def test_switching_stops_nothing_and_a_stop_stops_the_visible_conversation_only(bench: Bench) -> None:
    """S23"""
    bench.server.answer(WORDS)
    workspace = bench.workspace
    first_conversation = workspace.current
    first = workspace.send("First")
    second_conversation = workspace.new_conversation()
    assert not workspace.running
    second = workspace.send("Second")
    assert first.running
    assert workspace.stop() == [second.reply]
    assert (first.running, second.running) == (True, False)
    assert workspace.run_of(first.reply) is first
    assert workspace.run_of(second.reply) is None
    assert workspace.open_conversation(first_conversation.id) is workspace.current is first_conversation
    assert workspace.running
    workspace.open_conversation(second_conversation.id)
    assert workspace.stop_conversation(first_conversation.id) == [first.reply]
    assert (first.status, first.stop_reason) == (Status.STOPPED, StopReason.PERSON)
    assert workspace.stop_conversation(first_conversation.id) == workspace.stop() == []
    await first.closed
    await second.closed


async def test_a_run_in_a_branch_that_is_not_chosen_still_counts(bench: Bench) -> None:
    """S1, S23, S26: what runs out of sight is still stopped by the one button."""
    bench.server.answer(Answer(text="One."), WORDS)
    first = await bench.asked("First")
    run = bench.workspace.regenerate(first)
    bench.workspace.current.choose(first)
    assert bench.workspace.running
    assert bench.workspace.stop() == [run.reply]
    await run.closed


async def test_a_stop_stops_all_that_stand_side_by_side(bench: Bench) -> None:
    """S23"""
    workspace = bench.workspace
    bench.server.answer(WORDS)
    workspace.settings = replace(workspace.settings, also_models=("n", "o"))
    run = workspace.send("First")
    assert workspace.stop() == prompt_of(run.reply).columns
    assert not workspace.running
    await until(lambda: not workspace.runs.any_open)


async def test_what_waits_is_not_sent_beside_a_reply_that_is_still_written(bench: Bench) -> None:
    """S2, S23: it waits for all that stand side by side, also where a person asks for it meanwhile."""
    workspace, server = bench.workspace, bench.server
    server.answer(Answer(text="One."), Answer(text=["Other."], step=True), Answer(text="Then."))
    workspace.settings = replace(workspace.settings, also_models=("n",))
    workspace.send("First")
    workspace.queue("Second")
    await until(lambda: Status.COMPLETE in bench.screen.statuses)
    assert workspace.running
    workspace.send_queued()
    assert [message.text for message in workspace.current.queue] == ["Second"]
    assert len(server.exchanges) == 2
    for exchange in server.exchanges:
        exchange.release_all()
    await until(lambda: not workspace.runs.any_open and not workspace.current.queue)
    assert bench.path()[-2:] == ["Second", "Then."]


async def test_an_empty_conversation_serves_again(bench: Bench) -> None:
    workspace = bench.workspace
    empty = workspace.current
    assert workspace.new_conversation() is empty
    await bench.asked("First")
    fresh = workspace.new_conversation()
    assert workspace.conversations == [fresh, empty]
    workspace.open_conversation(empty.id)
    assert workspace.new_conversation() is workspace.current is fresh
    for command in (workspace.open_conversation, workspace.stop_conversation):
        with pytest.raises(KeyError):
            command("unknown")


async def test_a_remembered_key_goes_along_where_the_settings_hold_none(bench: Bench) -> None:
    workspace = bench.workspace
    bench.remembered = "remembered"
    await bench.asked("First")
    workspace.settings = replace(workspace.settings, api_key="typed")
    await bench.asked("Second")
    sent = [exchange.headers["authorization"] for exchange in bench.server.exchanges]
    assert sent == ["Bearer remembered", "Bearer typed"]
    assert workspace.settings.api_key == "typed"


async def test_a_locked_key_is_asked_for_where_a_person_asks_and_told_where_nobody_does(bench: Bench) -> None:
    """S16: what waits goes on waiting."""
    workspace, server = bench.workspace, bench.server
    server.answer(Answer(text=["One."], step=True), Answer(text="Two."))
    run = workspace.send("First")
    workspace.queue("Second")
    bench.locked = True
    await until(lambda: bool(server.exchanges))
    server.exchanges[0].release_all()
    await ended(run)
    await until(lambda: bool(bench.screen.refusals))
    assert isinstance(bench.screen.refusals[0], KeyLocked)
    for ask in (workspace.send_queued, lambda: workspace.send("Third")):
        with pytest.raises(KeyLocked):
            ask()
    assert [message.text for message in workspace.current.queue] == ["Second"]
    assert bench.path() == ["First", "One."]
    bench.locked = False
    workspace.send_queued()
    await until(lambda: not workspace.runs.any_open)
    assert bench.path()[-2:] == ["Second", "Two."]
    assert len(bench.screen.refusals) == 1


async def test_files_go_with_a_prompt_its_branches_and_what_waits(bench: Bench) -> None:
    """S21: asking again shares the files, and a waiting message brings its own."""
    workspace = bench.workspace
    conversation = workspace.current
    conversation.attachments = {name: Attachment(name, f"{name}.txt", text=name) for name in ("a", "b")}
    with pytest.raises(ValueError, match="nothing to send"):
        workspace.send(" ")
    first = await ended(workspace.send("", attachments=["a"]))
    assert bench.messages(0) == [("user", "File a.txt:\n```txt\na\n```")]
    await ended(workspace.regenerate(first))
    assert bench.messages(1) == bench.messages(0)
    with pytest.raises(ValueError, match="nothing to queue"):
        workspace.queue(" ")
    workspace.queue("", ["b"])
    workspace.send_queued()
    assert isinstance(conversation.last, Reply)
    assert prompt_of(conversation.last).attachments == ["b"]
    run = workspace.run_of(conversation.last)
    assert isinstance(run, Run)
    await run.closed
    assert bench.messages(2)[-1] == ("user", "File b.txt:\n```txt\nb\n```")
