"""Halt's side of the bench: replies that the application's own Painter and Body write, as in its page."""

from __future__ import annotations

import js
from pyodide.ffi import create_proxy, to_js

from halt.browser.clock import BrowserClock
from halt.browser.dom import Element
from halt.chat.conversation import Reply
from halt.chat.painter import Painter
from halt.ui.body import Body


class Writing:
    """One reply; it is the Painter's surface, as far as the Painter asks for one."""

    def __init__(self, container: Element) -> None:
        """Begin an empty reply in ``container``."""
        self._error: Exception | None = None
        self._body = Body(container, "")
        self._painter = Painter(Reply(id="bench"), self, BrowserClock(self._fail), self._fail)

    def show(self, _reply: Reply, text: str, _thinking: str) -> bool:
        """See ``halt.chat.surface.Surface``."""
        return self._body.show(text)

    def half_mark(self, _reply: Reply, text: str) -> int:
        """See ``halt.chat.surface.Surface``."""
        return self._body.half_mark(text)

    def write(self, text: str) -> None:
        """Take a chunk; it is shown with one of the next frames."""
        self._painter.add(text)

    async def end(self) -> None:
        """Wait until all is shown, and settle it; raises what went wrong on the way."""
        await self._painter.finish()
        if self._error:
            raise self._error
        self._body.settle(cut_off=False)

    def close(self) -> None:
        """Show nothing more."""
        self._painter.close()

    def _fail(self, error: BaseException) -> None:
        self._error = error if isinstance(error, Exception) else RuntimeError(str(error))
        self._painter.close()


def open_reply(container: Element) -> object:
    """Begin a reply; gives JavaScript its functions write, end and close."""
    writing = Writing(container)
    functions = {name: create_proxy(getattr(writing, name)) for name in ("write", "end", "close")}
    return to_js(functions, dict_converter=js.Object.fromEntries)


js.window.openHalt = create_proxy(open_reply)
js.document.documentElement.setAttribute("data-ready", "true")
