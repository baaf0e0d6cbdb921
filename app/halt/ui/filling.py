"""Filling: what a conversation shows when it is opened is drawn in pieces, the newest first; the page stays free."""

from __future__ import annotations

from collections.abc import Callable

from halt.browser.clock import BrowserClock
from halt.ui.reply_view import ReplyView

# So long (ms) the first pieces may take, which are seen at once; and those of each frame after that.
FIRST_MS = 40.0
FRAME_MS = 8.0
# A piece (characters), drawn between two looks at the clock.
PIECE = 500


class Filling:
    """Draws the texts of replies that were just put on the page; ``clear`` leaves what is not drawn yet."""

    def __init__(self, clock: BrowserClock) -> None:
        self._clock = clock
        self._waiting: list[ReplyView] = []
        self._call_off: Callable[[], None] | None = None

    def begin(self, views: list[ReplyView]) -> None:
        """Draw the texts of ``views``, which stand in this order, from the last one up."""
        self._waiting += views
        if views:
            self._go_on(FIRST_MS)

    async def finish(self) -> None:
        """Draw the rest as fast as it goes, and wait until all of it stands; a click or a key comes in between."""
        while self._waiting:
            self._go_on(FRAME_MS)
            await self._clock.breathe()

    def clear(self) -> None:
        """Draw no more: other replies are on the page now."""
        self._waiting.clear()
        if self._call_off:
            self._call_off()
            self._call_off = None

    def _go_on(self, budget_ms: float) -> None:
        until_ms = self._clock.now() + budget_ms
        while self._waiting and self._clock.now() < until_ms:
            if not self._waiting[-1].fill(PIECE):
                self._waiting.pop()
        if self._waiting and self._call_off is None:
            self._call_off = self._clock.next_frame(self._frame)

    def _frame(self) -> None:
        self._call_off = None
        self._go_on(FRAME_MS)
