"""Following: the view stays with the newest text while the reader is at the bottom, and only then."""

from __future__ import annotations

from halt.browser.dom import Listeners, by_id

# Within this many pixels of the end the reader counts as being there.
NEAR_PX = 48


class Follow:
    """Decides who moves the view: the text, or the reader."""

    def __init__(self, listeners: Listeners) -> None:
        self._scroller = by_id("scroller")
        self._jump = by_id("jump")
        self._following = True
        self._last_top = 0.0
        listeners.listen(self._scroller, "scroll", self._scrolled)

    def keep_up(self) -> None:
        """Go to the end, if the reader is there; call it after text was added."""
        if self._following:
            self._scroller.scrollTop = self._scroller.scrollHeight

    def jump(self) -> None:
        """Go to the end and stay with it, as the reader asked."""
        self._following = True
        self._jump.hidden = True
        self.keep_up()

    def _scrolled(self, _event: object) -> None:
        top = self._scroller.scrollTop
        at_end = self._scroller.scrollHeight - top - self._scroller.clientHeight <= NEAR_PX
        if at_end:
            self._following = True
        elif top < self._last_top - 1:
            self._following = False
        self._last_top = top
        self._jump.hidden = self._following
