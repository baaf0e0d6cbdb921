"""Small texts that outlive a visit (``localStorage``), or a reload of this tab alone (``sessionStorage``).

And the wish that the browser clears nothing of it.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

import js
from pyodide.ffi import JsException

from halt.browser.promise import Rejected, outcome

ASKED = "halt.asked-to-persist"


class WebStorage:
    """Implements ``halt.store.migration.TextStore``; a browser that blocks storage makes it forgetful, not broken."""

    def __init__(self, area: str) -> None:
        """Take the storage by its name in the browser's window; to name it is allowed even where using it is not."""
        self._area = area

    def read(self, name: str) -> str | None:
        """Read what was written under ``name``; ``None`` where there is nothing or storage is blocked."""
        try:
            text = getattr(js, self._area).getItem(name)
        except JsException:
            return None
        return text if isinstance(text, str) else None  # JavaScript's null is no None

    def write(self, name: str, text: str) -> bool:
        """Keep ``text`` under ``name``; False where storage is blocked or full."""
        try:
            getattr(js, self._area).setItem(name, text)
        except JsException:
            return False
        return True

    def remove(self, name: str) -> None:
        """Keep nothing under ``name`` any more; where storage is blocked, nothing was kept."""
        with suppress(JsException):
            getattr(js, self._area).removeItem(name)


class Persistence:
    """Asks the browser, once and never again, not to clear what is kept here when space gets short."""

    def __init__(self, storage: WebStorage, spawn: Callable[[Coroutine[Any, Any, None]], object]) -> None:
        """``storage`` remembers that it was asked; ``spawn`` owns the task."""
        self._storage = storage
        self._spawn = spawn
        self._asked = False

    def ask(self) -> None:
        """Ask if that was not done yet, within a person's gesture: some browsers ask the person in turn.

        A refusal changes nothing (Storage Standard, section 4.5).
        """
        activation = getattr(js.navigator, "userActivation", None)
        if self._asked or not (activation and activation.isActive):
            return
        self._asked = True
        storage = getattr(js.navigator, "storage", None)
        if hasattr(storage, "persist") and self._storage.read(ASKED) is None and self._storage.write(ASKED, "yes"):
            self._spawn(self._ask(storage))

    async def _ask(self, storage: Any) -> None:
        with suppress(Rejected):  # such as in a private window
            await outcome(storage.persist())
