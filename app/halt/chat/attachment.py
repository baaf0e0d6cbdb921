"""Files that go with a prompt: images and text. What a file is, why one is refused, and how a model is told of it."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from halt.chat.image import media_type_of

MOST_FILES = 10
"""How many files go with one message."""

MOST_CHARACTERS = 400_000
"""How long one text may be: some 100,000 tokens, which is about what models can read."""

MOST_CHARACTERS_TOGETHER = 1_000_000

LARGEST_TEXT_BYTES = 4 * MOST_CHARACTERS
"""No UTF-8 of so many characters is longer, so a larger file need not be read."""

LARGEST_IMAGE_BYTES = 50_000_000
"""How large an image may be before it is scaled down."""

LARGEST_SENT_BYTES = 3_700_000
"""How large an image may be when it is sent: Anthropic takes 5 MB of base64, the least of the large providers."""

MOST_IMAGE_BYTES_TOGETHER = 14_000_000
"""Gemini takes requests of 20 MB, base64 and all."""

LONGEST_SIDE = 1568
"""Images are scaled down to so many pixels, as Anthropic and OpenAI do with what is larger."""

HEAD_BYTES = 16
"""So much of a file tells whether it is an image."""

TEXT = "text/plain"
SENT_IMAGES = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif"})
"""The kinds that the vendors' documents name; what the page itself makes is PNG or JPEG."""

WHAT_IS_TAKEN = "Halt sends images and text."

_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_LONGEST_NAME = 120
_KNOWN = (
    (b"%PDF", "a PDF. Copy its text into the message, or save it as text and attach that."),
    (b"PK\x03\x04", "an archive or an office document. Unpack it, or save it as text, and attach that."),
)


class FileRefused(Exception):
    """A file that is not attached; its text is a sentence for the person, with what to do about it."""


class Kind(StrEnum):
    """What a file seems to be, by its first bytes."""

    IMAGE = "image"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file: an image by its bytes (``data``), or a ``text``; it never changes.

    ``media_type`` is that of the bytes, or "text/plain". ``created_ms`` is when it was attached, in ms since 1970.
    ``unknown`` holds what a newer version has kept with it.
    """

    id: str
    name: str
    media_type: str = TEXT
    text: str = field(default="", repr=False)
    data: bytes = field(default=b"", repr=False)
    created_ms: float = 0
    unknown: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def is_image(self) -> bool:
        """Tell whether it is an image and no text."""
        return self.media_type != TEXT

    @property
    def size(self) -> int:
        """Its size in bytes; a text counts as UTF-8."""
        return len(self.data) if self.is_image else len(self.text.encode("utf-8", "replace"))


def clean_name(name: str) -> str:
    """Bring a file's name onto one line of some length."""
    return " ".join(name.split())[:_LONGEST_NAME] or "file"


def kind_of(name: str, head: bytes, size: int) -> Kind:
    """Tell what a file is by its first bytes and its size in bytes, before the rest is read. Raises ``FileRefused``."""
    name = clean_name(name)
    if not size:
        raise FileRefused(f"“{name}” is empty, so it was not attached.")
    if media_type_of(head):
        if size > LARGEST_IMAGE_BYTES:
            raise FileRefused(
                f"The image “{name}” is larger than {LARGEST_IMAGE_BYTES // 1_000_000} MB. "
                "Scale it down and attach that."
            )
        return Kind.IMAGE
    for beginning, what in _KNOWN:
        if head.startswith(beginning):
            raise FileRefused(f"{WHAT_IS_TAKEN} “{name}” is {what}")
    if b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _neither(name)
    if size > LARGEST_TEXT_BYTES:
        raise _too_long(name)
    return Kind.TEXT


def text_of(name: str, data: bytes) -> str:
    """Read a text: UTF-8, or UTF-16 with its byte order mark; no character is changed. Raises ``FileRefused``."""
    name = clean_name(name)
    mark, encoding = next((one for one in _MARKS if data.startswith(one[0])), (b"", "utf-8"))
    try:
        text = data[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        raise _neither(name) from error
    if "\0" in text:
        raise _neither(name)
    if not text.strip():
        raise FileRefused(f"“{name}” is empty, so it was not attached.")
    if len(text) > MOST_CHARACTERS:
        raise _too_long(name)
    return text


def check_fits(new: Attachment, others: Collection[Attachment]) -> None:
    """Refuse what would be too much beside the ``others`` of the same message; raises ``FileRefused``."""
    if len(others) >= MOST_FILES:
        raise FileRefused(
            f"A message takes {MOST_FILES} files at most, so “{new.name}” was not attached. Send it with the next one."
        )
    if len(new.data) > LARGEST_SENT_BYTES:
        raise FileRefused(
            f"The image “{new.name}” is still larger than {LARGEST_SENT_BYTES / 1e6:.1f} MB when scaled down, which "
            "providers refuse. Save it as JPEG and attach that."
        )
    together = [*others, new]
    if sum(len(one.data) for one in together) > MOST_IMAGE_BYTES_TOGETHER:
        raise FileRefused(
            f"The images of a message may have {MOST_IMAGE_BYTES_TOGETHER // 1_000_000} MB together, so “{new.name}” "
            "was not attached. Send it with the next one."
        )
    if sum(len(one.text) for one in together) > MOST_CHARACTERS_TOGETHER:
        raise FileRefused(
            f"The texts of a message may have {MOST_CHARACTERS_TOGETHER:,} characters together, so “{new.name}” was "
            "not attached. Attach only the part that matters."
        )


def fenced(attachment: Attachment) -> str:
    """Give a text as a model is told it: its name, and the text between fences that are longer than any in it."""
    text, fence = attachment.text, fence_for(attachment.text)
    _, dot, ending = attachment.name.rpartition(".")
    language = ending.lower() if dot and re.fullmatch("[A-Za-z0-9]{1,10}", ending) else ""
    return f"File {attachment.name}:\n{fence}{language}\n{text}{'' if text.endswith(chr(10)) else chr(10)}{fence}"


def fence_for(text: str) -> str:
    """Give a fence that nothing in ``text`` can close (CommonMark, section 4.5)."""
    return "`" * max(3, max(map(len, re.findall("`+", text)), default=0) + 1)


def size_said(number_of_bytes: int) -> str:
    """Say how large something is: "640 B", "48 kB", "1.2 MB"."""
    if number_of_bytes < 1000:
        return f"{number_of_bytes} B"
    if number_of_bytes < 1_000_000:
        return f"{number_of_bytes / 1000:.0f} kB"
    return f"{number_of_bytes / 1_000_000:.1f} MB"


def _neither(name: str) -> FileRefused:
    return FileRefused(
        f"{WHAT_IS_TAKEN} “{name}” is neither a PNG, JPEG, WebP, GIF or AVIF image nor text in UTF-8. "
        "Save it as one of these and attach that."
    )


def _too_long(name: str) -> FileRefused:
    return FileRefused(
        f"“{name}” is longer than {MOST_CHARACTERS:,} characters, which is more than most models can read. "
        "Attach only the part that matters."
    )
