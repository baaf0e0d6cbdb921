"""However the text is cut, the patches add up to the whole rendering, at a cost that the open block alone sets."""

from __future__ import annotations

from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it.token import Token

from halt.markdown import Document, Patch, document, render
from halt.markdown.parser import PARSER, References
from tests.unit.markdown.corpus import TEXTS


class Page:
    """What a page shows after the patches it was given."""

    def __init__(self) -> None:
        self.settled: list[str] = []
        self.open = ""
        self.appended = ""

    def apply(self, patch: Patch) -> None:
        if patch.settled:
            assert patch.open is not None, "the open part must be replaced where its beginning settled"
        self.settled += patch.settled
        if patch.open is not None:
            self.open, self.appended = patch.open, ""
            assert patch.open.count("data-tail") == (1 if patch.open else 0)
        if patch.open_append:
            assert self.open, "there must be a place to append to"
            self.appended += patch.open_append

    def text(self) -> str:
        return visible_text("".join(self.settled) + self.open) + self.appended


class Reader(HTMLParser):
    """Keeps the text of a piece of HTML."""

    text = ""

    def handle_data(self, data: str) -> None:
        self.text += data


def visible_text(html: str) -> str:
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader.text


def write(pieces: list[str]) -> Page:
    """Apply all of ``pieces``, and hold what is true of every document."""
    written, page = Document(), Page()
    for piece in pieces:
        settled = list(page.settled)
        page.apply(written.append(piece))
        assert page.settled[: len(settled)] == settled
    shown = page.text()
    page.apply(written.finish())
    assert page.open == ""
    assert written.source == "".join(pieces)
    # S6, S7: a stop finishes the document, and that must not reveal a character that was not shown before.
    assert len("".join(page.text().split())) <= len("".join(shown.split()))
    return page


def cut(text: str, size: int) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 10_000])
@pytest.mark.parametrize("name", TEXTS)
def test_patches_add_up_to_the_whole(name: str, size: int) -> None:
    text = TEXTS[name]
    assert "".join(write(cut(text, size)).settled) == render(text)


@pytest.mark.parametrize("limits", [(0, 0), (40, 0), (40, 80), (40, 10_000)])
@pytest.mark.parametrize("name", TEXTS)
def test_blocks_too_large_to_format_each_time_end_the_same(
    name: str, limits: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(document, "SMALL", limits[0])
    monkeypatch.setattr(document, "LONG_PARAGRAPH", limits[1])
    text = TEXTS[name] * 3 if "definition" not in name and "title" not in name else TEXTS[name]
    for size in (1, 5):
        assert "".join(write(cut(text, size)).settled) == render(text)


# One a line, and lines that interrupt, continue or look like one another above all.
LINES = st.sampled_from(
    """a,a b,,,  ,- x,  - y,  z,    w,* q,+,-,1. n,2) m,3,> q,>,# h,#,#x,```,```py,````,~~~,``,a | b,--|--,| c |,|---|,
    ,---,===,***,**b,`c,*d*,<p>,[l](https://l.example),![i](https://i.example/i),\t,\tcode, x\\,&amp;,é🙂""".split(",")  # noqa: SIM905 - fifty short lines, in two
)
CUTS = st.lists(st.integers(0, 400), max_size=12)


@given(st.lists(LINES, max_size=14), st.sampled_from(["\n", "\r\n", "\r"]), CUTS)
def test_any_lines_in_any_pieces(lines: list[str], ending: str, cuts: list[int]) -> None:
    text = ending.join(lines)
    places = sorted({0, len(text), *(place for place in cuts if place < len(text))})
    pieces = [text[start:end] for start, end in pairwise(places)]
    assert "".join(write(pieces).settled) == render(text)


@given(st.text("ab *_`~#>-+=|:.1)(!<&\\\n\t ", max_size=80), CUTS)
def test_any_characters_in_any_pieces(text: str, cuts: list[int]) -> None:
    places = sorted({0, len(text), *(place for place in cuts if place < len(text))})
    pieces = [text[start:end] for start, end in pairwise(places)]
    assert "".join(write(pieces).settled) == render(text)


def test_an_open_fence_grows_by_plain_text_alone() -> None:
    written = Document()
    assert written.append("```py\n").open == '<pre tabindex="0"><code class="language-py" data-tail></code></pre>\n'
    for _ in range(1_000):
        assert written.append("x = '<b>'\n") == Patch([], None, "x = '<b>'\n")
    closed = written.append("```\nafter")
    code = "x = '&lt;b&gt;'\n" * 1_000
    assert closed.settled == [f'<pre tabindex="0"><code class="language-py">{code}</code></pre>\n']
    assert closed.open == '<p dir="auto">after<span data-tail></span></p>\n'


def test_a_very_long_paragraph_is_formatted_when_it_settles() -> None:
    written, page = Document(), Page()
    for _ in range(300):
        page.apply(written.append("words and **bold** " * 10))
    patch = written.append("plain so far")
    assert (patch.open, patch.open_append) == (None, "plain so far")
    patch = written.append(".\n\nNext")
    assert len(patch.settled) == 1
    assert patch.settled[0].count("<strong>bold</strong>") == 3_000


@pytest.mark.parametrize("unit", ["- an item with **bold** text\n", "| a | `b` |\n", "word *and* word\n", "[", "x "])
def test_an_open_block_is_parsed_a_bounded_number_of_times(unit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[int] = []
    blocks = PARSER.blocks

    def counting(text: str, references: References) -> list[Token]:
        parsed.append(len(text))
        return blocks(text, references)

    monkeypatch.setattr(PARSER, "blocks", counting)
    head = "| a | b |\n|---|---|\n" if unit.startswith("|") else ""
    text = head + unit * (20_000 // len(unit))
    written = Document()
    for piece in cut(text, 200):
        written.append(piece)
    small = document.SMALL // 200
    assert sum(parsed) <= small * document.SMALL + len(text) / document.GROWTH * 1.5


def test_settled_text_is_not_parsed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    written = Document()
    for _ in range(1_000):
        written.append("A paragraph.\n\n")
    largest = 0
    blocks = PARSER.blocks

    def measuring(text: str, references: References) -> list[Token]:
        nonlocal largest
        largest = max(largest, len(text))
        return blocks(text, references)

    monkeypatch.setattr(PARSER, "blocks", measuring)
    for _ in range(10):
        written.append("A paragraph.\n\n")
    assert 0 < largest <= len("A paragraph.\n\n")


def test_after_the_end() -> None:
    written = Document()
    written.append("x")
    assert written.finish().settled == ['<p dir="auto">x</p>\n']
    assert written.finish() == Patch([], None, None)
    with pytest.raises(ValueError, match="finished"):
        written.append("y")
