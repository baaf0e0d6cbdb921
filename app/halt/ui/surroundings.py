"""What a system prompt may say of the moment, the browser and the page; and jinja2, which reads its variables."""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime
from typing import Any

import js

from halt.browser.boundary import Boundary
from halt.browser.dom import Listeners, by_id
from halt.browser.files import load_package, local_zone
from halt.chat.prompt import MOST_SELECTED, moment
from halt.providers.errors import BadPrompt


class PageSurroundings:
    """Implements ``halt.chat.prompt.Surroundings`` for the page.

    A click into the message takes a selection away, so what was selected just before counts until something is sent.
    """

    def __init__(self, boundary: Boundary, listeners: Listeners) -> None:
        self._boundary = boundary
        self._loading: asyncio.Task[None] | None = None
        self._selected = ""
        listeners.listen(by_id("composer"), "pointerdown", lambda _: self._remember(), capture=True)
        listeners.listen(by_id("scroller"), "focusout", lambda _: self._remember())

    @property
    def ready(self) -> bool:
        """See ``Surroundings``."""
        return "jinja2.sandbox" in sys.modules

    async def load(self) -> None:
        """See ``Surroundings``; whoever waits may be cancelled, and the others still get it."""
        if self.ready:
            return
        if self._loading is None or self._loading.done():
            self._loading = asyncio.get_running_loop().create_task(self._load(), name="loading jinja2")
        await asyncio.shield(self._loading)

    def load_ahead(self) -> None:
        """Begin to load it, so that nothing has to wait for it later; a failure is told where it is needed."""
        if not self.ready:
            self._boundary.spawn(self._try())

    def facts(self) -> dict[str, str]:
        """See ``Surroundings``."""
        selection = _selection() or self._selected
        language = str(js.navigator.language or "")
        return moment(datetime.now(local_zone())) | {"language": language, "selection": selection}

    def sent(self) -> None:
        """Take note that something was sent: what was selected before it does not count for the next."""
        self._selected = ""

    def _remember(self) -> None:
        self._selected = _selection() or self._selected

    async def _try(self) -> None:
        try:
            await self.load()
        except BadPrompt:
            return

    async def _load(self) -> None:
        try:
            await load_package("jinja2")
            import jinja2.sandbox  # noqa: F401 - its being there is what ``ready`` asks
        except Exception as error:
            raise BadPrompt(
                "The part of Halt that fills in a prompt's variables could not be loaded. Check the connection and "
                "press Retry, or choose a prompt without variables.",
                details=str(error),
            ) from error


def _selection() -> str:
    """Give the selected text of the conversation, or nothing; a selection elsewhere is none."""
    selection: Any = js.getSelection()
    if not selection or selection.isCollapsed or not by_id("log").contains(selection.anchorNode):
        return ""
    return str(selection.toString())[:MOST_SELECTED]
