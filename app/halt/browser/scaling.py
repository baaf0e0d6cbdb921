"""Images as they are sent: scaled down, upright, without what a camera wrote into them, as PNG or JPEG."""

from __future__ import annotations

from typing import Any

import js
from pyodide.ffi import to_js

from halt.browser.promise import Rejected, outcome

PNG, JPEG = "image/png", "image/jpeg"
# A screenshot stays sharp as PNG; a photograph would be many times as large as that.
SHARP_BYTES = 1_000_000
QUALITY = 0.87


class NotAnImage(Exception):
    """The browser can't make sense of the bytes."""


async def scaled(file: Any, media_type: str, longest_side: int, most_bytes: int) -> tuple[bytes, str]:
    """Draw an image anew, at most ``longest_side`` pixels long, and give its bytes and their type.

    The orientation that a camera noted is applied by the browser (HTML, ``createImageBitmap``), and a moving image
    becomes its first picture. What is transparent stays so, unless it has more than ``most_bytes`` then. Raises
    ``NotAnImage``.
    """
    try:
        bitmap = await outcome(js.createImageBitmap(file))
    except Rejected as error:
        raise NotAnImage(str(error)) from error
    scale = min(1.0, longest_side / max(bitmap.width, bitmap.height))
    width, height = max(1, round(bitmap.width * scale)), max(1, round(bitmap.height * scale))
    canvas = js.OffscreenCanvas.new(width, height)
    context = canvas.getContext("2d")
    context.imageSmoothingQuality = "high"
    context.drawImage(bitmap, 0, 0, width, height)
    bitmap.close()
    if media_type != JPEG:
        blob = await _encoded(canvas, PNG)
        is_opaque = _is_opaque(context, width, height)
        if blob.size <= (SHARP_BYTES if is_opaque else most_bytes):
            return await _bytes(blob), PNG
    # JPEG has no transparency: what is behind it is white, and not black.
    context.globalCompositeOperation = "destination-over"
    context.fillStyle = "white"
    context.fillRect(0, 0, width, height)
    return await _bytes(await _encoded(canvas, JPEG)), JPEG


def _is_opaque(context: Any, width: int, height: int) -> bool:
    alpha = context.getImageData(0, 0, width, height).data.to_bytes()[3::4]
    return bool(alpha.count(255) == len(alpha))


async def _encoded(canvas: Any, media_type: str) -> Any:
    options = to_js({"type": media_type, "quality": QUALITY}, dict_converter=js.Object.fromEntries)
    return await outcome(canvas.convertToBlob(options))


async def _bytes(blob: Any) -> bytes:
    return bytes((await outcome(blob.arrayBuffer())).to_bytes())
