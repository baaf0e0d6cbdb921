"""Small texts that outlive a visit, in the browser's local storage."""

from __future__ import annotations

import js
from pyodide.ffi import JsException


class LocalStorage:
    """Implements ``halt.store.settings.TextStore``; a browser that blocks storage makes it forgetful, not broken."""

    def read(self, name: str) -> str | None:
        """Read what was written under ``name``; ``None`` where there is nothing or storage is blocked."""
        try:
            text = js.localStorage.getItem(name)
        except JsException:
            return None
        return text if isinstance(text, str) else None  # JavaScript's null is no None

    def write(self, name: str, text: str) -> bool:
        """Keep ``text`` under ``name``; False where storage is blocked or full."""
        try:
            js.localStorage.setItem(name, text)
        except JsException:
            return False
        return True
