"""Small texts that outlive a visit (``localStorage``), or a reload of this tab alone (``sessionStorage``)."""

from __future__ import annotations

import js
from pyodide.ffi import JsException


class WebStorage:
    """Implements ``halt.store.settings.TextStore``; a browser that blocks storage makes it forgetful, not broken."""

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
