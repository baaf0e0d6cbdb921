"""A conversation as Markdown: what is on the screen, a heading for each turn, and all texts to the character."""

from __future__ import annotations

import html
import re
from datetime import UTC, tzinfo

from halt.chat.attachment import Attachment, fence_for, size_said
from halt.chat.conversation import Conversation
from halt.markdown.closing import closing
from halt.store.transcript import Entry, transcript, writable

_SPECIAL = re.compile(r"([\\`*_\[\]<>#])")


def to_markdown(conversation: Conversation, zone: tzinfo = UTC) -> str:
    """Write what is on the screen; times are in ``zone``.

    Texts are as they were written; only a block that was left open is closed, or it would swallow the rest of the file.
    """
    shown = transcript(conversation, zone)
    parts = [f"# {_escape(shown.title)}", *(f"*{note}*" for note in filter(None, [shown.hidden]))]
    for entry in shown.entries:
        parts += _parts(entry)
    return writable("\n\n".join(parts) + "\n")


def _parts(entry: Entry) -> list[str]:
    when = f" ({entry.when})" if entry.when else ""
    parts = [f"## {_escape(entry.by)}{when}"]
    if entry.thinking:
        quoted = "\n".join(f"> {line}" for line in entry.thinking.split("\n"))
        parts += [f"<details>\n<summary>{entry.thought}</summary>", quoted, "</details>"]
    for file in entry.files:
        parts += _file(file)
    if entry.text:
        end = closing(entry.text)
        line_end = "" if not end or entry.text.endswith("\n") else "\n"
        parts.append(f"{entry.text}{line_end}{end}")
    if entry.mark:
        parts.append(f"*{entry.mark}.*")
    if entry.notice:
        parts.append(f"*{_escape(entry.notice)}*")
    return parts


def _file(file: Attachment) -> list[str]:
    size = size_said(file.size)
    if file.is_image:
        return [f"*Image {_escape(file.name)} ({size}): the exports as HTML page and as JSON have it.*"]
    fence = fence_for(file.text)
    end = "" if file.text.endswith("\n") else "\n"
    return [
        f"<details>\n<summary>{html.escape(file.name)} ({size})</summary>",
        f"{fence}\n{file.text}{end}{fence}",
        "</details>",
    ]


def _escape(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
