"""Following: the view stays with the newest text while the reader is at the bottom, and only then."""

from __future__ import annotations

from collections import deque
from typing import Any

from halt.browser.dom import Listeners, by_id

# Who scrolls down to within this many pixels of the end wants to be there.
NEAR_PX = 48
# Scroll positions are fractions of a pixel on some screens.
SAME_PX = 1
KEYS_UP = frozenset({"ArrowUp", "PageUp", "Home"})
KEYS_DOWN = frozenset({"ArrowDown", "PageDown", "End", " "})


class Follow:
    """Decides who moves the view: the text, or the reader.

    Any move upwards frees the view, however small: a touch pad scrolls by single pixels, and a view that was pulled
    back after each of them could not be left at all.
    """

    def __init__(self, listeners: Listeners) -> None:
        self._scroller = by_id("scroller")
        self._jump = by_id("jump")
        self._following = True
        self._last_top = 0.0
        self._height = 0
        # Where the end was lately: a scroll begins with what the screen shows, and that is a few paints old.
        self._ends = deque([0], maxlen=4)
        self._aim = float("inf")  # where the end was when the reader last went for it; it may have moved on since
        self._offered = not self._jump.hidden
        listeners.listen(self._scroller, "scroll", lambda _: self._scrolled(), passive=True)
        # A smooth scroll begins with less than a pixel; the wheel and the key themselves say where it goes.
        listeners.listen(self._scroller, "wheel", self._wheel, passive=True)
        listeners.listen(self._scroller, "keydown", self._key)
        # The composer grows with a draft, notices come and go, a phone is turned; text comes, a picture loads, details
        # are opened: the end moves, the reader doesn't.
        listeners.watch_size(self._scroller, self.keep_up)
        listeners.watch_size(by_id("log"), self._grown)

    def keep_up(self) -> None:
        """Go to the end, if the reader is there."""
        self._look()
        if self._following:
            self._scroller.scrollTop = self._height
            self._last_top = self._scroller.scrollTop

    def jump(self) -> None:
        """Go to the end and stay with it, as the reader asked."""
        self._following = True
        self._last_top = 0.0
        self.keep_up()

    def _scrolled(self) -> None:
        if self._scroller.scrollTop != self._last_top:  # else it was moved from here
            self._look()

    def _grown(self) -> None:
        if self._scroller.scrollHeight != self._height:
            self.keep_up()

    def _look(self) -> None:
        """Find out from where the view is whether the reader moved it."""
        top = self._scroller.scrollTop
        self._height = self._scroller.scrollHeight
        if self._ends[-1] != self._height:
            self._ends.append(self._height)
        left = self._height - top - self._scroller.clientHeight
        moved = top - self._last_top
        self._last_top = top
        reached = left <= NEAR_PX or self._height - left >= self._aim - SAME_PX
        if left <= SAME_PX or (moved > 0 and reached):
            self._following, self._aim = True, float("inf")
        elif moved <= -SAME_PX:
            self._following = False
        self._offer_jump()

    def _wheel(self, event: Any) -> None:
        if event.deltaY < 0 and not event.ctrlKey:
            self._let_go()
        elif event.deltaY > 0:
            self._aim = self._ends[0]

    def _key(self, event: Any) -> None:
        if event.key in KEYS_UP or (event.key == " " and event.shiftKey):
            self._let_go()
        elif event.key in KEYS_DOWN:
            self._aim = self._ends[0]

    def _let_go(self) -> None:
        self._aim = float("inf")
        if self._scroller.scrollTop > 0:
            self._following = False
            self._offer_jump()

    def _offer_jump(self) -> None:
        # Only where it changes: the browser styles the page anew even if an attribute is set to what it was.
        if self._offered == self._following:
            self._offered = not self._following
            self._jump.hidden = self._following
