"""However the text is cut, the patches add up to the whole rendering, at a cost that the open block alone sets."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise, zip_longest

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it.token import Token

from halt.markdown import Document, Patch, document, render
from halt.markdown.parser import PARSER, References
from halt.markdown.patch import Discard, Enter, Leave, Loosen, Resolve, Settle, Step
from tests.unit.markdown.corpus import TEXTS


class Place:
    """A container: what is settled in it, and the HTML that ends it."""

    def __init__(self, before: str = "", after: str = "") -> None:
        self.html, self.after, self.open = before, after, ""


class Page:
    """What a page shows after the patches it was given."""

    def __init__(self) -> None:
        self.places = [Place()]
        self.appended = ""
        self.finished = False

    def apply(self, patch: Patch) -> None:
        if patch.steps:
            assert patch.open is not None, "the open part must be replaced where its beginning settled"
        for step in patch.steps:
            self._do(step)
        if patch.open is not None:
            assert len(patch.open) in (0, len(self.places))
            self.appended = ""
            for place, html in zip_longest(self.places, patch.open, fillvalue=""):
                assert isinstance(place, Place)
                place.open = str(html)
            assert "".join(patch.open).count("data-tail") == (1 if patch.open else 0)
        if patch.open_append:
            assert any("data-tail" in place.open for place in self.places), "there must be a place to append to"
            self.appended += patch.open_append

    def _do(self, step: Step) -> None:
        match step:
            case Settle(html):
                self.places[-1].html += html
            case Enter(before, after):
                self.places.append(Place(before, after))
            case Leave():
                left = self.places.pop()
                self.places[-1].html += left.html + left.after
            case Discard():
                self.places.pop()
            case Loosen(depth):
                place = self.places[depth]
                assert 'class="loose"' not in place.html.partition(">")[0]
                place.html = place.html.replace(">", ' class="loose">', 1)
            case Resolve(number, html):
                self._resolve(number, html)

    def _resolve(self, number: int, html: str) -> None:
        marked = re.compile(rf'(<(\w+)[^>]* data-pending="{number}"[^>]*>)(.*?)(</\2>)', re.DOTALL)
        for place in self.places:
            place.html, count = marked.subn(lambda match: match[1] + html + match[4], place.html)
            if count:
                return
        raise AssertionError(f"nothing is marked with {number}")

    @property
    def html(self) -> str:
        """All of the page, without the marks that go when the text is finished."""
        html = "".join(place.html for place in self.places)
        # What is open stands at the end of each container.
        for place in reversed(self.places):
            html += place.open + place.after
        return re.sub(r' data-pending="\d+"', "", html)

    def text(self) -> str:
        return visible_text(self.html) + self.appended


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
        page.apply(written.append(piece))
    shown = page.text()
    last = written.finish()
    page.apply(last)
    assert len(page.places) == 1
    assert page.places[0].open == ""
    assert written.source == "".join(pieces)
    # S6, S7: a stop finishes the document, and that must not reveal a character that was not shown before.
    # But for a very long paragraph that found no place to be cut, or whose parts hang together after all.
    if Discard() not in last.steps and not page.appended:
        assert len("".join(page.text().split())) <= len("".join(shown.split()))
    return page


def cut(text: str, size: int) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 10_000])
@pytest.mark.parametrize("name", TEXTS)
def test_patches_add_up_to_the_whole(name: str, size: int) -> None:
    text = TEXTS[name]
    assert write(cut(text, size)).html == render(text)


@pytest.mark.parametrize("small", [0, 40])
@pytest.mark.parametrize("name", TEXTS)
def test_blocks_too_large_to_format_each_time_end_the_same(
    name: str, small: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(document, "SMALL", small)
    text = TEXTS[name] * 3
    for size in (1, 5):
        assert write(cut(text, size)).html == render(text)


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
    assert write(pieces).html == render(text)


@given(st.text("ab *_`~#>-+=|:.1)(!<&\\\n\t ", max_size=80), CUTS)
def test_any_characters_in_any_pieces(text: str, cuts: list[int]) -> None:
    places = sorted({0, len(text), *(place for place in cuts if place < len(text))})
    pieces = [text[start:end] for start, end in pairwise(places)]
    assert write(pieces).html == render(text)


