"""The surface that keeps: what the screen took is written down, and an ended reply before anything else."""

from __future__ import annotations

import pytest

from halt.chat.conversation import Conversation, Prompt, Reply
from halt.chat.status import Status
from halt.store.keeper import WRITE_MS, Keeper
from halt.store.kept_surface import KeptSurface
from halt.store.memory import MemoryDatabase
from tests.servers import ManualClock


class Screen:
    """A screen that takes everything that it is told to show."""

    def show(self, reply: Reply, text: str, thinking: str) -> bool:
        reply.source.append(text)
        return True

    def changed(self, reply: Reply) -> None:
        pass


class Page:
    """A conversation whose reply is being written, and what is kept of it."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.disk = MemoryDatabase()
        self.keeper = Keeper(self.disk, self.clock, lambda _error: None)
        self.reply = Reply("r", status=Status.STREAMING)
        conversation = Conversation("c")
        prompt = Prompt("p", text="Go")
        conversation.add(prompt, conversation.last)
        conversation.add(self.reply, prompt)
        self.surface = KeptSurface(Screen(), self.keeper, lambda _turn: conversation)  # type: ignore[arg-type]  # all of it that is called here

    async def kept(self) -> Reply:
        conversation, _ = await Keeper(self.disk, self.clock, lambda _error: None).load("c")
        assert isinstance(conversation.last, Reply)
        return conversation.last


@pytest.fixture
async def writing() -> Page:
    page = Page()
    page.surface.changed(page.reply)
    await page.clock.advance(WRITE_MS)
    return page


async def test_what_the_screen_shows_is_kept_while_it_streams(writing: Page) -> None:
    """S7, S18"""
    writing.surface.show(writing.reply, "Shown", "")
    await writing.clock.advance(WRITE_MS)
    assert (await writing.kept()).text == "Shown"
    await writing.keeper.close()


async def test_a_reply_that_has_ended_is_written_with_the_next_task(writing: Page) -> None:
    """S7: who leaves with the press that stopped it finds it as it was."""
    writing.surface.show(writing.reply, "Shown", "")
    writing.reply.status = Status.STOPPED
    writing.surface.changed(writing.reply)
    await writing.clock.advance(0)
    found = await writing.kept()
    assert (found.status, found.text) == (Status.STOPPED, "Shown")
    await writing.keeper.close()
