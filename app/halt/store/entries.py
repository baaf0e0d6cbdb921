"""The conversations in a file, one by one: a page can breathe in between, and what is damaged ends only itself.

A list is never read as a whole. Our own exports have one conversation a line: each line is read by itself, and of one
that is damaged the messages before the damage.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

# A number that JSON has no word for is none.
DECODER = json.JSONDecoder(parse_constant=lambda _name: None)

# The beginning of a list of conversations, by itself or as all that there is in an object but a few plain fields.
_LIST = re.compile(r'\s*(?:\{[^\[\]{}]*"(?:conversations|chats)"\s*:\s*)?\[')
_LINES = re.compile(r'\s*\{"format": "halt-conversations"[^\[\]{}]*"conversations": \[\n')
_BETWEEN = re.compile(r"[\s,]*")
_HEAD = '{"conversation": '
_MESSAGES, _ATTACHMENTS = ', "messages": [', '], "attachments": ['

CUT = "the list has no end"


class Entries:
    """Yields what a text lists, whatever that is; ``position`` is how far it is read (characters).

    ``fault`` says what is wrong with the text, as soon as that is known; empty where nothing is.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self.position = 0
        self.fault = ""

    def __iter__(self) -> Iterator[Any]:
        if lines := _LINES.match(self._text):
            self.position = lines.end()
            yield from self._lines()
        elif start := _LIST.match(self._text):
            self.position = start.end()
            yield from self._items()
        else:
            yield from self._whole()

    def _whole(self) -> Iterator[Any]:
        try:
            document = DECODER.decode(self._text)
        except (ValueError, RecursionError) as error:
            self.fault = str(error)
            return
        self.position = len(self._text)
        if isinstance(document, dict):
            lists = [document[name] for name in ("conversations", "chats") if isinstance(document.get(name), list)]
            yield from lists[0] if lists else [document]
        else:
            yield document

    def _items(self) -> Iterator[Any]:
        for item, position in _items(self._text, self.position):
            self.position = position
            yield item
        if not self._text.startswith("]", _after(self._text, self.position)):
            self.fault = f"no more can be read after character {self.position:,}"

    def _lines(self) -> Iterator[Any]:
        while self.position < len(self._text):
            end = self._text.find("\n", self.position)
            line = self._text[self.position : end if end >= 0 else len(self._text)]
            self.position = end + 1 if end >= 0 else len(self._text)
            if line.startswith("]"):
                self.fault = self.fault or ("" if line.startswith("]}") else CUT)
                return
            if not line.strip():
                continue
            try:
                item = DECODER.decode(line.rstrip(",\r"))
            except (ValueError, RecursionError) as error:
                self.fault = str(error)
                item = _part(line)
            yield item
        self.fault = self.fault or CUT


def _part(line: str) -> Any:
    """Read the beginning of a conversation's line, message by message; ``None`` where that can't be read either."""
    if not line.startswith(_HEAD):
        return None
    try:
        head, position = DECODER.raw_decode(line, len(_HEAD))
    except (ValueError, RecursionError):
        return None
    messages, position = _part_of_list(line, _MESSAGES, position)
    attachments, _ = _part_of_list(line, _ATTACHMENTS, position)
    return {"conversation": head, "messages": messages, "attachments": attachments}


def _part_of_list(line: str, beginning: str, position: int) -> tuple[list[Any], int]:
    if not line.startswith(beginning, position):
        return [], position
    items, position = [], position + len(beginning)
    for item, end in _items(line, position):
        items.append(item)
        position = end
    return items, position


def _items(text: str, position: int) -> Iterator[tuple[Any, int]]:
    """Yield the items of a list from within, each with its end, up to the list's end or to what can't be read."""
    while True:
        try:
            item, position = DECODER.raw_decode(text, _after(text, position))
        except (ValueError, RecursionError):
            return
        yield item, position


def _after(text: str, position: int) -> int:
    between = _BETWEEN.match(text, position)
    return between.end() if between else position
