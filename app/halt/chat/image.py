"""An image of a reply, loaded once a person asks for it: its bytes are looked at before the page shows them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass
from urllib.parse import urlsplit

from halt.wire.transport import Aborted, Cut, Request, Transport, Unreachable

LIMIT_BYTES = 10_000_000

# MIME Sniffing, section 6.1, without the kinds that the web has left behind; SVG is none of them, for it is a document.
_SIGNATURES: tuple[tuple[Callable[[bytes], bool], str], ...] = (
    (lambda head: head.startswith(b"\x89PNG\r\n\x1a\n"), "image/png"),
    (lambda head: head.startswith(b"\xff\xd8\xff"), "image/jpeg"),
    (lambda head: head.startswith((b"GIF87a", b"GIF89a")), "image/gif"),
    (lambda head: head[:4] == b"RIFF" and head[8:14] == b"WEBPVP", "image/webp"),
    (lambda head: head[4:12] in (b"ftypavif", b"ftypavis"), "image/avif"),
)


class ImageError(Exception):
    """An image that can't be shown; its text is a sentence for the person who asked for it."""


@dataclass(frozen=True, slots=True)
class Image:
    """The bytes of an image, and what kind they really are, whatever the server says."""

    data: bytes
    media_type: str


def media_type_of(data: bytes) -> str | None:
    """Tell by its first bytes what kind of raster image this is; ``None`` where it is none that is shown."""
    return next((name for fits, name in _SIGNATURES if fits(data[:16])), None)


class ImageRequest:
    """One image that is being loaded; ``abort`` ends that at any moment."""

    def __init__(self, transport: Transport, url: str) -> None:
        self._exchange = transport.exchange()
        self._url = url
        self._host = urlsplit(url).hostname or "The host"

    def abort(self) -> None:
        """Close the connection now; ``load`` gives ``None`` then."""
        self._exchange.abort()

    async def load(self) -> Image | None:
        """Load the image, 10 MB at most; ``None`` where ``abort`` was called. Raises ``ImageError`` with a sentence."""
        try:
            data = await self._read()
        except Aborted:
            return None
        except Unreachable as error:
            raise ImageError(f"{self._host} can't be reached, or does not let other pages read its images.") from error
        except Cut as error:
            raise ImageError(f"The connection to {self._host} broke. Try again.") from error
        finally:
            self._exchange.abort()
        if media_type := media_type_of(data):
            return Image(data, media_type)
        raise ImageError(f"What {self._host} sent is no PNG, JPEG, GIF, WebP or AVIF image.")

    async def _read(self) -> bytes:
        response = await self._exchange.open(Request("GET", self._url, {"Accept": "image/*"}))
        if response.status != 200:
            raise ImageError(f"{self._host} answered {response.status} instead of an image.")
        length = response.headers.get("content-length", "")
        data = bytearray()
        if not (length.isdecimal() and int(length) > LIMIT_BYTES):
            async with aclosing(response.chunks()) as chunks:
                async for chunk in chunks:
                    data += chunk
                    if len(data) > LIMIT_BYTES:
                        break
                else:
                    return bytes(data)
        raise ImageError(f"This image is larger than {LIMIT_BYTES // 1_000_000} MB.")
