"""Finds the file that an address means, in the form that a browser takes."""

from __future__ import annotations

import gzip
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from halt_chat.errors import NoPageError

# Python's own table depends on the machine (Windows' registry says text/plain for .js), so it's written down.
MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".py": "text/x-python; charset=utf-8",
    ".svg": "image/svg+xml",
    ".toml": "application/toml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".whl": "application/zip",
    ".woff2": "font/woff2",
    ".zip": "application/zip",
}

# A hash of the content, as in core-C9KDLldu.js. A word alone could be a name that stays while its content
# changes (page-settings.css), so a digit or a capital has to be in it.
_HASHED = re.compile(r".+-(?=\w*[0-9A-Z])\w{8,}\.(?:js|mjs|css|bin)", re.ASCII)

FOREVER = "public, max-age=31536000, immutable"
# The browser asks each time whether it has the newest; mostly the answer is 304.
ASK_AGAIN = "no-cache"


@dataclass(frozen=True, slots=True)
class SiteFile:
    """One file of the site.

    name: its address below the site; plain: where its bytes lie as they are, compressed: where they lie by gzip.
    One of the two may be missing.
    """

    name: str
    plain: Path | None
    compressed: Path | None

    @property
    def media_type(self) -> str:
        """What the Content-Type says."""
        return MEDIA_TYPES.get(PurePosixPath(self.name).suffix.lower(), "application/octet-stream")

    @property
    def caching(self) -> str:
        """What Cache-Control says: forever where the name changes with the content."""
        return FOREVER if _HASHED.fullmatch(self.name.rpartition("/")[2]) else ASK_AGAIN

    @contextmanager
    def opened(self, *, by_gzip: bool) -> Iterator[Content]:
        """Hold the file open in one of its two forms; `by_gzip` needs `compressed`."""
        path = self.compressed if by_gzip or self.plain is None else self.plain
        if path is None:
            raise ValueError(f"{self.name} lies nowhere in that form")
        unpacks = path == self.compressed and not by_gzip
        with gzip.open(path) if unpacks else path.open("rb") as source:
            facts = os.fstat(source.fileno())
            # Some installers give every file the wheel's date; the other moment is then that of the installation.
            tag = f"{facts.st_mtime_ns:x}-{facts.st_ctime_ns:x}-{facts.st_size:x}"
            size = _size_unpacked(path) if unpacks else facts.st_size
            yield Content(source, size, f'"{tag}-gzip"' if by_gzip else f'"{tag}"')


def _size_unpacked(path: Path) -> int:
    """Read from the last four bytes of what was compressed how many there were before (RFC 1952, section 2.3.1)."""
    with path.open("rb") as source:
        source.seek(-4, os.SEEK_END)
        return int.from_bytes(source.read(4), "little")


@dataclass(frozen=True, slots=True)
class Content:
    """An open file in one form: its bytes, how many there are, and the ETag of this form."""

    source: BinaryIO | gzip.GzipFile
    size: int
    tag: str


class Site:
    """A folder that holds a page, and perhaps a second one with the same names, compressed by gzip."""

    def __init__(self, directory: Path, compressed: Path | None = None) -> None:
        """Take the folders, and read the page's policy.

        In `compressed` each name has ".gz" after it. A file may lie in either folder or in both.
        Raises NoPageError where there is no index.html, or one that says no policy.
        """
        self._plain = directory.resolve()
        self._compressed = compressed.resolve() if compressed else None
        page = self.find("")
        if page is None:
            raise NoPageError(f"There is no page in {directory}. Build it with `python build.py build`.")
        reader = _PolicyReader()
        with page.opened(by_gzip=False) as content:
            reader.feed(content.source.read().decode("utf-8"))
        if not reader.policy:
            raise NoPageError(f"The page in {directory} says no content security policy, so it is not served.")
        # A <meta> may not say frame-ancestors (Content Security Policy Level 3, section 3.3); a header may.
        self.policy = f"{reader.policy}; frame-ancestors 'none'"

    def find(self, name: str) -> SiteFile | None:
        """Give the file of a name like "pyodide/pyodide.mjs"; None where there is none inside of the folders.

        "" and a name that ends with a slash mean the index.html there.
        """
        name = name.lstrip("/")
        if not name or name.endswith("/"):
            name += "index.html"
        plain = _inside(self._plain, name)
        compressed = _inside(self._compressed, f"{name}.gz") if self._compressed else None
        return SiteFile(name, plain, compressed) if plain or compressed else None


def _inside(folder: Path, name: str) -> Path | None:
    try:
        file = (folder / name).resolve()
        return file if file.is_relative_to(folder) and file.is_file() else None
    except (OSError, ValueError):
        return None  # a name that no file can have: too long, or with a zero byte


class _PolicyReader(HTMLParser):
    """Reads what the page's own <meta> says, so that the policy is written down in one place."""

    policy = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "meta" and (said.get("http-equiv") or "").lower() == "content-security-policy":
            self.policy = self.policy or said.get("content") or ""


def takes_gzip(accept_encoding: str) -> bool:
    """Tell from a request's Accept-Encoding whether gzip may be sent, and is wanted no less than plain bytes.

    Source: RFC 9110, section 12.5.3. A weight that is no number counts as 0.
    """
    weights: dict[str, float] = {}
    for part in accept_encoding.lower().split(","):
        coding, *parameters = (piece.strip() for piece in part.split(";"))
        weights[coding] = 1.0
        for parameter in parameters:
            key, _, value = parameter.partition("=")
            if key.strip() == "q":
                weights[coding] = float(value) if re.fullmatch(r"\s*[01](?:\.\d{0,3})?\s*", value) else 0.0
    gzip_weight = weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0)))
    return gzip_weight > 0 and gzip_weight >= weights.get("identity", 0.0)
