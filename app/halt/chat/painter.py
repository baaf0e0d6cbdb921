"""Painting a reply: what arrives waits here, and once a frame a piece of it is shown and becomes the reply's own.

Only shown text is stored (S7), and closing the painter drops the rest (S6). Half of a mark at the end of what has
arrived waits for its other half, so that it does not flash up.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from halt.chat.conversation import Reply
from halt.chat.pending import Pending
from halt.chat.surface import Surface
from halt.wire.clock import Clock

# What a piece may cost, in ms, where more waits than a frame shows: a click gets through within two of them.
PIECE_MS = 20.0
# How much a frame shows is learnt from what the last one cost, within these bounds.
LEAST_FRAME_CHARACTERS = 200
MOST_FRAME_CHARACTERS = 8_000
FIRST_FRAME_CHARACTERS = 600
# A long reply is painted some 20 times a second: nobody reads faster, and each paint costs layout.
LONG_REPLY_CHARACTERS = 4_000
LONG_REPLY_PAINT_MS = 45.0
# As soon as what has come by now is all taken.
SOON_MS = 1.0


class Painter:
    """Shows one reply's text at the pace of the screen; ``fail`` takes what a view raises."""

    def __init__(self, reply: Reply, surface: Surface, clock: Clock, fail: Callable[[Exception], None]) -> None:
        self._reply = reply
        self._surface = surface
        self._clock = clock
        self._fail = fail
        self._pending = Pending()
        self._call_off_frame: Callable[[], None] | None = None
        self._shown = asyncio.Event()
        self._frame_characters = FIRST_FRAME_CHARACTERS
        self._last_ms = float("-inf")
        self._half = 0  # characters at the end of what waits that are half of a mark
        self._finishing = False
        self._closed = False

    @property
    def waiting(self) -> int:
        """How many characters have arrived and are not shown."""
        return self._pending.characters

    def add(self, text: str = "", thinking: str = "") -> None:
        """Take what has arrived; it is shown with one of the next frames."""
        if self._closed:
            return
        self._pending.text.append(text)
        self._pending.thinking.append(thinking)
        if self._call_off_frame is None and self._pending:
            self._ask_for_frame()

    async def next_frame(self) -> None:
        """Wait until something more was shown."""
        self._shown.clear()
        await self._shown.wait()

    async def finish(self) -> None:
        """Wait until everything that has arrived is shown; nothing more will come, so the screen is left no rest."""
        self._finishing = True
        if self._pending:
            self._call_off()
            self._ask_for_frame()
        while self._pending:
            await self.next_frame()

    def close(self) -> None:
        """Show nothing more: what waits is dropped, the frame is called off."""
        self._closed = True
        self._pending.clear()
        self._call_off()
        self._shown.set()

    def _call_off(self) -> None:
        if self._call_off_frame:
            self._call_off_frame()
            self._call_off_frame = None

    def _ask_for_frame(self) -> None:
        if self._call_off_frame is None:
            self._call_off_frame = self._clock.next_frame(self._paint, self._rest_ms())

    def _paint(self) -> None:
        self._call_off_frame = None
        if self._closed:
            return
        try:
            self._show()
        except Exception as error:
            self._fail(error)
            return
        if self.waiting > self._half:
            self._ask_for_frame()

    def _rest_ms(self) -> float:
        """Tell how long the screen is left alone, in ms; 0 where a frame's worth waits: with the next frame."""
        if self.waiting >= self._frame_characters:
            return 0.0
        is_long = self._reply.source.length > LONG_REPLY_CHARACTERS
        pause_ms = LONG_REPLY_PAINT_MS if is_long and not self._finishing else 0.0
        return max(SOON_MS, self._last_ms + pause_ms - self._clock.now())

    def _show(self) -> None:
        text, thinking = self._pending.first(self._frame_characters)
        self._half = 0 if self._finishing or not text else self._surface.half_mark(self._reply, text)
        text = text[: len(text) - self._half]
        if not text and not thinking:
            return
        began_ms = self._clock.now()
        if not self._surface.show(self._reply, text, thinking):
            return
        self._last_ms = self._clock.now()
        self._pending.drop(text, thinking)
        self._reply.source.append(text)
        self._reply.reasoning.append(thinking)
        self._learn_pace(len(text) + self._half + len(thinking), self._last_ms - began_ms)
        self._shown.set()

    def _learn_pace(self, characters: int, cost_ms: float) -> None:
        """Show so much with the next frame as this one's cost promises, but at most double or half of it."""
        if characters == self._frame_characters or cost_ms > PIECE_MS:
            times = min(max(PIECE_MS / max(cost_ms, 1.0), 0.5), 2.0)
            wanted = int(self._frame_characters * times)
            self._frame_characters = min(max(wanted, LEAST_FRAME_CHARACTERS), MOST_FRAME_CHARACTERS)
