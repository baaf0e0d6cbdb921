"""The texts in a zip, and no more of it than they may be together: a zip can claim anything of what is in it."""

from __future__ import annotations

import io
import re

from halt.store.errors import TooLarge, UnknownFormat, Unreadable

# Large exports come in several of them: conversations-000.json, conversations-001.json, …
_WANTED = re.compile(r"(?:.*/)?(?:conversations(?:-\d+)?|halt-[^/]*|chat-export-[^/]*)\.json", re.IGNORECASE)

_PIECE = 1_000_000


def is_zip(data: bytes) -> bool:
    """Tell by its first bytes whether this is a zip (PKWARE's APPNOTE, section 4.3.7)."""
    return data.startswith(b"PK\x03\x04")


def json_files(data: bytes, most: int) -> list[bytes]:
    """Unpack the files that hold conversations, in the order of their names; ``most`` bytes of them together.

    Raises ``Unreadable``, ``TooLarge`` and ``UnknownFormat``.
    """
    import zipfile
    import zlib

    found: list[bytes] = []
    left = most
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            wanted = sorted((one for one in archive.infolist() if _WANTED.fullmatch(one.filename)), key=_name)
            for info in wanted:
                content = bytearray()
                with archive.open(info) as file:
                    while piece := file.read(_PIECE):
                        content += piece
                        if len(content) > left:
                            raise TooLarge(
                                f"The conversations in this zip are larger than {most // 1_000_000:,} MB, "
                                "which is more than a page can read. Export fewer of them at once."
                            )
                left -= len(content)
                found.append(bytes(content))
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, OSError, ValueError) as error:
        raise Unreadable(f"This zip is damaged or locked ({error}). Download it anew, or unpack it first.") from error
    if not found:
        raise UnknownFormat(
            "This zip holds no conversations.json. ChatGPT's export has one; import that zip as it came."
        )
    return found


def _name(info: object) -> str:
    return str(getattr(info, "filename", ""))
