"""Offers a newer version of Halt once it has been fetched whole, and changes over when a person says so.

The worker that serves this page serves the files that the page came with, late ones too, until another takes over; then
each window reloads, as its late files would be of the newer version. A window in which a reply is written, or a dialog
is open, must not go away under a person: so nothing is taken over while any window holds the lock of a run, and a
window whose reply began in that very moment, or whose dialog is open, reloads when that is over.
"""

from __future__ import annotations

from collections.abc import Callable

import js

from halt.browser.boundary import Boundary
from halt.browser.clock import BrowserClock
from halt.browser.dom import Listeners
from halt.browser.service_worker import ServiceWorker
from halt.browser.windows import BrowserLocks
from halt.ui.notices import Notices

OFFER = (
    "A new version of Halt is here. Reloading keeps conversations and drafts; a key that is not remembered has to be "
    "given again."
)
STILL_WRITING = "A reply is still being written, here or in another window. Press Reload again once it has ended."
LOOK_AGAIN_MS = 3_600_000
WAIT_MS = 500
# The worker downloads all that comes late, and takes its sums: some seconds of a processor, which a reply needs first.
QUIET_MS = 3_000
RUN_LOCKS = "halt/"


class NewVersion:
    """Registers the service worker when the page has nothing else to do, and offers what that finds."""

    def __init__(
        self,
        notices: Notices,
        clock: BrowserClock,
        boundary: Boundary,
        listeners: Listeners,
        locks: BrowserLocks,
        busy: Callable[[], bool],
    ) -> None:
        """``busy`` tells whether a reply is written in this window."""
        self._notices = notices
        self._clock = clock
        self._spawn = boundary.spawn
        self._locks = locks
        self._busy = busy
        self._is_offered = self._reloads = False
        self._worker = ServiceWorker(listeners, lambda: self._spawn(self._offer()), lambda: self._spawn(self._reload()))
        self._looked_ms = clock.now()
        listeners.listen(js.document, "visibilitychange", lambda _: self._look_again())

    async def begin(self) -> None:
        """Register the worker once no reply was written for some seconds."""
        quiet_ms = 0
        while quiet_ms < QUIET_MS:
            await self._clock.sleep(WAIT_MS)
            quiet_ms = 0 if self._busy() else quiet_ms + WAIT_MS
        await self._worker.begin()

    async def _offer(self, sentence: str = OFFER) -> None:
        if self._is_offered:  # what waits is replaced by what is newer still, and the offer holds for that
            return
        self._is_offered = True
        await self._until(lambda: not self._busy())
        self._notices.offer(sentence, "Reload", lambda: self._spawn(self._change_over()))

    async def _change_over(self) -> None:
        self._is_offered = False
        names = await self._locks.held()
        if self._busy() or any(name.startswith(RUN_LOCKS) for name in names):
            await self._offer(STILL_WRITING)
        else:
            self._worker.take_over()

    async def _reload(self) -> None:
        if self._reloads:
            return
        self._reloads = True
        await self._until(lambda: not self._busy() and not js.document.querySelector("dialog[open]"))
        js.location.reload()

    async def _look_again(self) -> None:
        now_ms = self._clock.now()
        if not js.document.hidden and now_ms - self._looked_ms > LOOK_AGAIN_MS:
            self._looked_ms = now_ms
            await self._worker.look()

    async def _until(self, free: Callable[[], bool]) -> None:
        while not free():
            await self._clock.sleep(WAIT_MS)
