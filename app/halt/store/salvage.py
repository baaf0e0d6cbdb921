"""What can be read of a JSON file that is damaged or cut off: conversations, and of our own exports also messages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

# A number that JSON has no word for is none.
DECODER = json.JSONDecoder(parse_constant=lambda _name: None)

_OURS = re.compile(r'\s*\{"format": ?"halt-conversations"')
_LIST = re.compile(r'\s*(?:\{[^\[\]{}]*"conversations"\s*:\s*)?\[')
_BETWEEN = re.compile(r"[\s,]*")
_HEAD = '{"conversation": '
_MESSAGES = ', "messages": ['


def salvage(text: str) -> list[Any] | None:
    """List what can be read in a text that is no JSON as a whole; ``None`` where it never was a list of anything."""
    start = _LIST.match(text)
    if start is None:
        return None
    return list(_ours(text, start.end()) if _OURS.match(text) else _items(text, start.end()))


def _ours(text: str, position: int) -> Iterator[Any]:
    """Read our own export, line by line: damage to one conversation harms no other."""
    while position < len(text):
        end = text.find("\n", position)
        line = text[position : end if end >= 0 else len(text)]
        position = end + 1 if end >= 0 else len(text)
        place = 0
        while line.startswith("{", place):
            try:
                item, place = DECODER.raw_decode(line, place)
            except (ValueError, RecursionError):
                yield _part(line[place:])
                break
            yield item
            place = _after(line, place)


def _part(line: str) -> Any:
    """Read the beginning of a conversation's line, message by message; ``None`` where that can't be read either."""
    if not line.startswith(_HEAD):
        return None
    try:
        head, position = DECODER.raw_decode(line, len(_HEAD))
    except (ValueError, RecursionError):
        return None
    has_messages = line.startswith(_MESSAGES, position)
    return {"conversation": head, "messages": list(_items(line, position + len(_MESSAGES))) if has_messages else []}


def _items(text: str, position: int) -> Iterator[Any]:
    """Read the items of a list from within, up to its end or to what can't be read."""
    while True:
        try:
            item, position = DECODER.raw_decode(text, _after(text, position))
        except (ValueError, RecursionError):
            return
        yield item


def _after(text: str, position: int) -> int:
    between = _BETWEEN.match(text, position)
    return between.end() if between else position
