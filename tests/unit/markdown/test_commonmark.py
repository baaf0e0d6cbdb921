"""The examples of the CommonMark specification (0.31.2): rendered as it says, and the same however they are cut."""

from __future__ import annotations

import random
import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from markdown_it import MarkdownIt

from halt.markdown import parser, render
from tests.unit.markdown.test_document import write
from tools.npm import commonmark_specification

EXAMPLE = re.compile(r"^`{32} example\n(.*?)^\.\n(.*?)^`{32}$|^#{1,6} +([^\n]*)$", re.MULTILINE | re.DOTALL)
VOID = frozenset({"br", "hr", "img"})
# What both sides are compared without: Halt has a scrolling box around a table, and a place for text to come.
UNSEEN = frozenset({"div", "span", "button", "figure"})
CODE_HEADER = re.compile(r"(<figcaption[^>]*>[^<]*</figcaption>)?<button[^>]*>Copy</button>(?=<pre)")


def examples() -> dict[str, tuple[str, str]]:
    """Read Markdown and HTML of each example, by its number and section."""
    found: dict[str, tuple[str, str]] = {}
    section = ""
    text = commonmark_specification().read_text(encoding="utf-8").partition("<!-- END TESTS -->")[0]
    for markdown, html, heading in EXAMPLE.findall(text):
        if heading:
            section = heading
        else:
            found[f"{len(found) + 1} {section}"] = (markdown.replace("→", "\t"), html.replace("→", "\t"))
    return found


EXAMPLES = examples()
# Text here, on purpose: raw HTML, whatever the specification says of it.
WITHOUT_HTML = MarkdownIt("commonmark", {"html": False}).disable(["html_block", "html_inline"])
RAW_HTML = {name for name, (text, html) in EXAMPLES.items() if WITHOUT_HTML.render(text) != html}
OTHERWISE = {
    "34 Entity and numeric character references": "a language's name is ASCII",
    **dict.fromkeys(("608 Autolinks", "611 Autolinks", "612 Autolinks"), "bare addresses are links, as in GFM"),
    "144 Fenced code blocks": "a language's name is made of letters",
}


class Outline(HTMLParser):
    """What a page says, without what Halt does differently on purpose.

    Headings stand two levels lower; items keep their paragraphs whether or not they are loose; images are placeholders,
    and where their address is relative just their text; attributes that only the page needs.
    """

    def __init__(self, html: str, shift: int) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._shift = shift
        self._items = 0
        self._pre = False
        self.feed(CODE_HEADER.sub("", html))
        self.close()
        self.text = re.sub(r"\s*(\0[^\0]*\0)\s*", r"\1", "".join(self.parts)).replace("\1", "").strip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        kept = {name: value for name, value in attrs if name in ("href", "start") or (tag, name) == ("code", "class")}
        self._items += tag == "li"
        self._pre = self._pre or tag == "pre"
        if tag == "img":
            self.handle_data(dict(attrs)["alt"] or "")
        elif not self._left_out(tag):
            self.parts.append(self._mark(tag, f"{self._lower(tag)} {kept}"))

    def handle_endtag(self, tag: str) -> None:
        if not self._left_out(tag) and tag not in VOID:
            self.parts.append(self._mark(tag, f"/{self._lower(tag)}"))
        self._items -= tag == "li"
        self._pre = self._pre and tag != "pre"

    def handle_data(self, data: str) -> None:
        self.parts.append(data.replace("\n", "\1\n\1").replace(" ", "\1 \1") if self._pre else data)

    def _left_out(self, tag: str) -> bool:
        return tag in UNSEEN or (tag == "p" and self._items > 0)

    def _lower(self, tag: str) -> str:
        return f"h{min(int(tag[1]) + self._shift, 6)}" if re.fullmatch(r"h[1-6]", tag) else tag

    def _mark(self, tag: str, mark: str) -> str:
        # Blanks beside a block mean nothing; beside what stands in a line they do.
        return f"<{mark}>" if tag in ("a", "em", "strong", "s", "code", "br") else f"\0<{mark}>\0"


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_rendered_as_the_specification_says(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if name in RAW_HTML or name in OTHERWISE:
        pytest.skip(OTHERWISE.get(name, "raw HTML is text"))
    # Most examples have links that Halt leaves text because they are relative; here they may be links.
    monkeypatch.setattr(parser.Parser, "validateLink", MarkdownIt.validateLink)
    text, html = EXAMPLES[name]
    assert Outline(render(text), 0).text == Outline(html, 2).text


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_ends_the_same_however_it_is_cut(name: str) -> None:
    text = EXAMPLES[name][0]
    chance = random.Random(name)  # noqa: S311 - the same cuts each time
    whole = render(text)
    assert write(list(text)).html == whole
    for _ in range(3):
        places = sorted({0, len(text), *(chance.randrange(len(text) + 1) for _ in range(chance.randint(1, 6)))})
        assert write([text[start:end] for start, end in pairwise(places)]).html == whole


def test_all_examples_are_there() -> None:
    assert len(EXAMPLES) == 652
    assert len(RAW_HTML) < 80
