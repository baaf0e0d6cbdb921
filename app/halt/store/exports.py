"""Conversations as a file to keep: JSON with a name and a version, which ``imports`` reads back without loss.

    {"format": "halt-conversations", "version": 1, "exported_ms": …, "conversations": [
    {"conversation": {…}, "messages": [{…}, …]},
    {"conversation": {…}, "messages": [{…}, …], "attachments": [{…}, …]}
    ]}

One conversation stands on one line, so that whatever is before the cut of a damaged file can be read. The records are
those of ``records`` and ``attachment_records``; a key is never in it. ``export_markdown`` and ``export_html`` write
what is to be read.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import datetime

from halt.chat.conversation import Conversation
from halt.store.attachment_records import attachment_records
from halt.store.fields import plain
from halt.store.records import conversation_record, message_records

FORMAT = "halt-conversations"
VERSION = 1

# Enough to know it again; file systems take 255 bytes.
LONGEST_NAME = 60

_HALF_CHARACTER = re.compile("[\ud800-\udfff]")


def to_json(conversations: Iterable[Conversation], exported_ms: float = 0) -> str:
    """Write conversations as one text; ``exported_ms`` says when, in ms since 1970."""
    return "".join(json_pieces(conversations, exported_ms))


def json_pieces(conversations: Iterable[Conversation], exported_ms: float = 0) -> Iterator[str]:
    """Yield the same text in pieces, one a conversation, so that a page can breathe in between."""
    head = json.dumps({"format": FORMAT, "version": VERSION, "exported_ms": exported_ms})
    yield f'{head[:-1]}, "conversations": [\n'
    separator = ""
    for conversation in conversations:
        yield f"{separator}{_line(conversation)}"
        separator = ",\n"
    yield "\n]}\n"


def _line(conversation: Conversation) -> str:
    entry = {"conversation": conversation_record(conversation), "messages": list(message_records(conversation))}
    if attachments := list(attachment_records(conversation)):
        entry["attachments"] = attachments
    text = json.dumps(plain(entry), ensure_ascii=False, allow_nan=False)
    # What no file can hold, half a character, is written as JSON's escape for it; it can only stand within a text.
    return _HALF_CHARACTER.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def safe_name(title: str, when: datetime, ending: str) -> str:
    """Make the name of a file that every system takes: ``halt-2026-11-22-why-is-the-sky-blue.md``.

    Letters, marks and digits of all scripts stay; anything else becomes a hyphen. ``ending`` is without its dot.
    """
    folded = unicodedata.normalize("NFC", title).casefold()
    kept = "".join(one if unicodedata.category(one)[0] in "LMN" else " " for one in folded)
    words = "-".join(kept.split())[:LONGEST_NAME]
    while len(words.encode()) > LONGEST_NAME * 3:
        words = words[:-1]
    return f"{'-'.join(filter(None, ('halt', f'{when:%Y-%m-%d}', words.strip('-'))))}.{ending}"
