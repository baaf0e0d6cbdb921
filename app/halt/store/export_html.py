"""A conversation as one HTML page that needs nothing else: no script, nothing loaded, light or dark, on paper too."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from datetime import UTC, tzinfo
from importlib.resources import files

from halt.chat.attachment import size_said
from halt.chat.conversation import Conversation
from halt.markdown.standalone import render_standalone
from halt.providers.base import Image
from halt.store.transcript import transcript, writable

_TEMPLATES = files("halt.store") / "templates"


def to_html(conversation: Conversation, zone: tzinfo = UTC) -> str:
    """Write what is on the screen as a page; times are in ``zone``. Raises as ``html_pieces`` does."""
    return "".join(html_pieces(conversation, zone))


def html_pieces(conversation: Conversation, zone: tzinfo = UTC) -> Iterator[str]:
    """Yield the same page in pieces, several a turn, so that a page can breathe in between.

    Its policy allows its one stylesheet, by hash, the images that are in it, and nothing else (Content Security Policy
    Level 3). Raises ``ImportError`` where jinja2 is not loaded: in the browser that is done with the first export.
    """
    from jinja2 import Environment

    style = (_TEMPLATES / "conversation.css").read_text("utf-8")
    template = (_TEMPLATES / "conversation.html.j2").read_text("utf-8")
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True)
    environment.filters["markdown"] = render_standalone
    environment.filters["size"] = size_said
    environment.filters["data_url"] = lambda file: Image(file.media_type, file.data).data_url
    style_hash = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    shown = transcript(conversation, zone)
    page = environment.from_string(template).generate(shown=shown, style=style, style_hash=style_hash)
    yield from map(writable, page)
