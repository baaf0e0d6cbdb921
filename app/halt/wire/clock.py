"""The time a run lives in: how late it is, how to wait, and when the next frame is drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class Clock(Protocol):
    """The one source of time, so that a run can be driven by the browser, by asyncio or by a test."""

    def now(self) -> float:
        """Tell the time in ms since some fixed moment; it never goes back."""
        ...

    async def sleep(self, ms: float) -> None:
        """Wait for ``ms`` milliseconds; cancelling the waiting task ends the wait and its timer."""
        ...

    async def breathe(self) -> None:
        """Let the page handle what waits (a click, a key, a frame) and come back as soon as that is done."""
        ...

    def next_frame(self, callback: Callable[[], None], after_ms: float = 0.0) -> Callable[[], None]:
        """Call ``callback`` once, when the next frame is about to be drawn; the result calls that off.

        With ``after_ms`` it is called after that time instead, and what it does is drawn with the frame that follows.
        In a hidden page no frame is ever drawn: there the call comes from a timer, within 250 ms.
        """
        ...

    def after_abort(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call ``callback`` once, when what was aborted just now has had time to close; the result calls that off.

        A browser closes a connection in a task of its own, behind the one that aborts and what else comes first (S11).
        Where ``abort()`` itself closes, the call is made at once.
        """
        ...
