"""Chips: how a file looks on the page, at the composer and above a prompt, and the dialog that shows it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from typing import Any

import js

from halt.browser.clipboard import copy_text
from halt.browser.dom import Element, by_id, from_template, part
from halt.browser.picture import picture
from halt.chat.attachment import Attachment, size_said

MISSING = "A file that is missing"

Spawn = Callable[[Coroutine[Any, Any, None]], object]


def chip(name: str, attachment: Attachment | None, spawn: Spawn, *, removable: bool) -> Element:
    """Make the chip of the file with the id ``name``; ``attachment`` is ``None`` where it is missing."""
    item = from_template("file-piece")
    item.dataset.file = name
    title = attachment.name if attachment else MISSING
    part(item, "name").textContent = title
    part(item, "size").textContent = size_said(attachment.size) if attachment else ""
    part(item, "open").disabled = attachment is None
    if removable:
        part(item, "remove").setAttribute("aria-label", f"Remove {title}")
    else:
        part(item, "remove").remove()
    if attachment and attachment.is_image:
        spawn(_show_small(part(item, "picture"), attachment))
    return item


async def _show_small(place: Element, attachment: Attachment) -> None:
    if image := await picture(attachment.data, attachment.media_type):
        image.alt = ""  # its name stands beside it
        place.replaceChildren(image)


class ComposerFiles:
    """The files at the composer: those that go with the message, and those that are being read."""

    def __init__(self, spawn: Spawn) -> None:
        self._spawn = spawn
        self._list = by_id("files")
        self._chips: dict[str, Element] = {}
        self.find: Callable[[str], Attachment | None] = lambda _: None
        self.ids: list[str] = []
        self.reading: list[str] = []

    def show(self, ids: Iterable[str]) -> None:
        """Show these files, and no others."""
        self.ids = list(ids)
        self.sync()

    def sync(self) -> None:
        """Bring the list up to date; chips that stay are kept."""
        known = self._chips
        self._chips = {
            name: known.get(name) or chip(name, self.find(name), self._spawn, removable=True) for name in self.ids
        }
        waiting = [_reading(name) for name in self.reading]
        self._list.replaceChildren(*self._chips.values(), *waiting)
        self._list.hidden = not (self.ids or self.reading)


def _reading(name: str) -> Element:
    item = js.document.createElement("li")
    item.className = "reading"
    item.textContent = f"Reading {name}…"
    return item


class FileDialog:
    """Shows one file large: an image, or the text to read and to copy."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._dialog = by_id("file-view")
        self._title = by_id("file-title")
        self._body = by_id("file-body")
        self._copy = by_id("copy-file")
        self._text = ""

    async def open(self, attachment: Attachment) -> None:
        """Show a file."""
        self._title.textContent = attachment.name
        self._text = attachment.text
        self._copy.hidden = attachment.is_image
        if attachment.is_image:
            image = await picture(attachment.data, attachment.media_type)
            if image:
                image.alt = attachment.name
            self._body.replaceChildren(image or "The image is damaged.")
        else:
            text = js.document.createElement("pre")
            text.dir = "auto"
            text.textContent = attachment.text
            self._body.replaceChildren(text)
        self._dialog.showModal()
        self._body.scrollTop = 0

    async def copy(self) -> None:
        """Put the text on the clipboard."""
        self._say("Copied" if await copy_text(self._text) else "The browser refused the clipboard.")
