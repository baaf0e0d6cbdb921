"""Pictures from bytes that the page holds already."""

from __future__ import annotations

import js
from pyodide.ffi import JsException, to_js

from halt.browser.dom import Element


async def picture(data: bytes, media_type: str) -> Element | None:
    """Make an ``<img>`` of the bytes of an image; ``None`` where the browser can't make sense of them.

    The address that they need for it is given back as soon as the picture is decoded (S25).
    """
    options = to_js({"type": media_type}, dict_converter=js.Object.fromEntries)
    url = js.URL.createObjectURL(js.Blob.new(to_js([to_js(data)]), options))
    element = js.document.createElement("img")
    element.src = url
    try:
        await element.decode()
    except JsException:
        return None
    finally:
        js.URL.revokeObjectURL(url)
    return element
