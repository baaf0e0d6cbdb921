"""The pace of the screen: a long reply is painted less often, but for its end."""

from __future__ import annotations

import asyncio

from halt.chat.conversation import Reply
from halt.chat.painter import LONG_REPLY_CHARACTERS, LONG_REPLY_PAINT_MS, Painter
from tests.servers import ManualClock

from .screen import Screen

FRAME_MS = 16


async def long_reply() -> tuple[Painter, Screen, ManualClock]:
    """Give a painter that has shown a long reply just now, and its screen and clock."""
    clock, screen = ManualClock(), Screen()

    def fail(error: Exception) -> None:
        raise error

    painter = Painter(Reply("r"), screen, clock, fail)
    painter.add("x" * (LONG_REPLY_CHARACTERS + 1))
    while painter.waiting:
        await clock.advance(FRAME_MS)
    return painter, screen, clock


async def test_a_long_reply_leaves_the_screen_some_rest() -> None:
    painter, screen, clock = await long_reply()
    painter.add("more")
    await clock.advance(LONG_REPLY_PAINT_MS - FRAME_MS)
    assert not screen.text.endswith("more")
    await clock.advance(2 * FRAME_MS)
    assert screen.text.endswith("more")


async def test_its_end_is_shown_at_once() -> None:
    painter, screen, clock = await long_reply()
    painter.add("the end")
    finished = asyncio.create_task(painter.finish())
    await clock.advance(2 * FRAME_MS)
    assert screen.text.endswith("the end")
    assert finished.done()
    assert clock.pending == 0
