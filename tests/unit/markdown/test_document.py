"""However the text is cut, the patches add up to the whole rendering, at a cost that the open block alone sets."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halt.markdown import Document, Patch, document, formula, inline, render
from halt.markdown.patch import Discard, Settle
from tests.unit.markdown.corpus import TEXTS
from tests.unit.markdown.page import Page


def write(pieces: list[str], *, cut_off: bool = False) -> Page:
    """Apply all of ``pieces``, and hold what is true of every document."""
    written, page = Document(), Page()
    for piece in pieces:
        page.apply(written.append(piece))
    shown, formatted = page.text(), not page.appended
    last = written.finish(cut_off=cut_off)
    page.apply(last)
    assert len(page.places) == 1
    assert page.places[0].open == ""
    assert written.source == "".join(pieces)
    # S6, S7: a stop finishes the document, and that must not change a character on the page.
    # But for a very long paragraph that found no place to be cut, or whose parts hang together after all.
    if cut_off and formatted and Discard() not in last.steps:
        assert page.text().split() == shown.split()
    return page


def cut(text: str, size: int) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 10_000])
@pytest.mark.parametrize("name", TEXTS)
def test_patches_add_up_to_the_whole(name: str, size: int) -> None:
    text = TEXTS[name]
    assert write(cut(text, size)).html == render(text)
    assert write(cut(text, size), cut_off=True).html == render(text, cut_off=True)


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
    ,---,===,***,**b,`c,*d*,<p>,[l](https://l.example),![i](https://i.example/i),\t,\tcode, x\\,&amp;,é🙂,$$,$$ x,x $$,
    ,\\[,\\],$y,y$,[^1],[^1]: n,www.w.example""".split(",")  # noqa: SIM905 - sixty short lines, in three
)
CUTS = st.lists(st.integers(0, 400), max_size=12)


@given(st.lists(LINES, max_size=14), st.sampled_from(["\n", "\r\n", "\r"]), CUTS, st.booleans())
def test_any_lines_in_any_pieces(lines: list[str], ending: str, cuts: list[int], cut_off: bool) -> None:
    text = ending.join(lines)
    places = sorted({0, len(text), *(place for place in cuts if place < len(text))})
    pieces = [text[start:end] for start, end in pairwise(places)]
    assert write(pieces, cut_off=cut_off).html == render(text, cut_off=cut_off)


@given(st.text("ab *_`~#>-+=|:.1)(!<&\\\n\t $[]^", max_size=80), CUTS, st.booleans())
def test_any_characters_in_any_pieces(text: str, cuts: list[int], cut_off: bool) -> None:
    places = sorted({0, len(text), *(place for place in cuts if place < len(text))})
    pieces = [text[start:end] for start, end in pairwise(places)]
    assert write(pieces, cut_off=cut_off).html == render(text, cut_off=cut_off)


PARAGRAPH = st.lists(
    st.sampled_from([*"ab *_`~[]()!|&\\<>漢字 \n$$$", "https://", "www.a.", "a@b.c", "\\(", "\\)", "[^a]"]),
    max_size=160,
).map("".join)


@given(
    st.sampled_from(["", "- ", "> ", "1. a\n   "]),
    PARAGRAPH,
    st.sampled_from(["", "\n\nend", "\n--|--\nx", "\n==="]),
    CUTS,
)
def test_a_paragraph_that_settles_word_by_word_ends_the_same(start: str, text: str, end: str, cuts: list[int]) -> None:
    """S7: also where its words turn out to hang together, or to be something else."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inline, "LONG", 14)
        patch.setattr(inline, "HELD", 5)
        patch.setattr(inline, "LONGEST", 50)
        patch.setattr(document, "LONG", 14)
        patch.setattr(formula, "LONGEST_INLINE", 18)
        patch.setattr(formula, "LONGEST_BLOCK", 40)
        text = start + text + end
        places = sorted({0, len(text), *(place for place in cuts if place < len(text))})
        assert write([text[start:end] for start, end in pairwise(places)]).html == render(text)


FLAT = {
    "a paragraph": ("word and **bold** and `code` and [a link](https://a.example), ", 60_000),
    "a paragraph of lines": ("a line with *words*\n", 60_000),
    "a paragraph with a stray mark": ("word *word [and more ", 30_000),
    "a paragraph of prices": ("it costs $5 and then more, ", 60_000),
    "a paragraph of formulas": ("let $x_1$ be \\(y\\) or $$z$$ and ", 60_000),
    "a paragraph of addresses": ("see https://a.example/b or a@b.example and ", 60_000),
    "formulas by themselves": ("$$\nx = 1\n$$\n", 40_000),
    "footnotes": ("[^1]: some text\n", 40_000),
    "a list of one line": ("word *word [and more ", 30_000),
    "a list": ("- an item with **bold** text\n", 60_000),
    "a loose list": ("1. an item\n\n", 40_000),
    "nested lists": ("- a\n  - b\n    - c\n", 40_000),
    "quotes in quotes in lists": ("- > > words\n  > > and `code`\n", 40_000),
    "a table": ("| a | `b` |\n", 40_000),
    "a fence": ("x = 1\n", 60_000),
    "a fence in a list": ("  x = 1\n", 40_000),
    "definitions": ("[a]: https://a.example\n", 40_000),
}
HEADS = {
    "a list of one line": "- ",
    "a table": "| a | b |\n|---|---|\n",
    "a fence": "```py\n",
    "a fence in a list": "- ```py\n",
}


@pytest.mark.parametrize("name", FLAT)
def test_the_work_for_a_patch_does_not_grow_with_the_text(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """S6: what is parsed for each piece is as long at the end as at the beginning, and short."""
    unit, size = FLAT[name]
    parsed: list[int] = []
    blocks = document.PARSER.block.parse

    def counting(text: str, *others: Any) -> Any:
        parsed[-1] += len(text)
        return blocks(text, *others)

    monkeypatch.setattr(document.PARSER.block, "parse", counting)
    written = Document()
    for piece in cut(HEADS.get(name, "") + unit * (size // len(unit)), 100):
        parsed.append(0)
        written.append(piece)
    quarter = len(parsed) // 4
    assert max(parsed) < 16_000
    assert sum(parsed[-quarter:]) <= 1.1 * sum(parsed[:quarter]) + 4_000


def test_a_selection_in_settled_text_survives() -> None:
    """Nothing that is settled is put on the page again."""
    written, page = Document(), Page()
    text = "First.\n\n- one\n- two\n\n  more\n\n| a |\n|---|\n| 1 |\n| 2 |\n\n```\ncode\n```\n\nlast"
    before = ""
    for piece in cut(text, 1):
        page.apply(written.append(piece))
        settled = page.settled
        assert settled.startswith(before)
        before = settled


def test_a_link_finds_a_definition_that_comes_after_it() -> None:
    page = write(cut("- see [the page][p] and [q]\n\nText.\n\n[q]: https://q.example\n[p]: https://p.example\n", 3))
    assert page.html.count("<a href=") == 2


def test_after_the_end() -> None:
    written = Document()
    written.append("x")
    assert written.finish().steps == [Settle('<p dir="auto">x</p>\n')]
    assert written.finish() == Patch()
    with pytest.raises(ValueError, match="finished"):
        written.append("y")
