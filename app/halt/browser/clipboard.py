"""The clipboard."""

from __future__ import annotations

import js
from pyodide.ffi import JsException


async def copy_text(text: str) -> bool:
    """Put ``text`` on the clipboard, to the character; False where the browser refuses."""
    try:
        await js.navigator.clipboard.writeText(text)
    except (JsException, AttributeError):  # refused, or not offered outside a secure context
        return False
    return True
