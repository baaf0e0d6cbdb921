"""While a reply is written its half-open syntax looks calm, and a stop leaves it as it looks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halt.markdown import Document, render
from halt.markdown.half_open import LONGEST_MARK, LONGEST_SPAN, half_mark
from tests.unit.markdown.page import Page, visible_text

CALM = {
    "emphasis": "Some **bold words**, *slanted*, __more__ _and_ ~~less~~ and ***both***. Then **bold *in* bold** ends.",
    "emphasis over lines": "First **bold\nand on** and *so\non*.\n\nNext.",
    "stars that are none": "2 * 3 and a_b_c and 5*3 and * and 2 ** 3.",
    "code": "Call `f(x)` or ``a ` b`` and **`both`** now.",
    "links": "See [the page](https://a.example/b_c?d=e) and [**bold**](https://b.example 'Title'), <https://c.example/d>.",
    "a link in brackets": "As said ([source](https://a.example/x_(y)), page 3).",
    "footnotes": "[^1]: Its source.\n[^note]: Or a note.\n\nA fact.[^1] Another.[^note] And [1].",
    "a list after a line": "Steps:\n1. **First**: do it\n2. Second\n   - inner\n   - *more*\n10. Ten\n\nDone.",
    "a list": "- one\n- two\n\n  more\n* other\n+ more",
    "tasks": "- [x] done\n- [ ] to do\n",
    "headings": "# One\n\nText.\n\n## Two **bold**\nText.\n### Three ###\n",
    "a rule": "Above.\n\n---\n\nBelow.\n\n***\n",
    "a quote": "> Said **he**,\n> and more.\n>\n> - one\n\nDone.",
    "a fence": "Code:\n```py\nx = 1\n# a comment\n\ny = 2\n```\nDone.\n\n~~~\na\n~~~\n",
    "a fence in an item": "1. Run\n   ```sh\n   ls -l\n   ```\n2. Done",
    "a table": "Prices:\n\n| Name | **Sum** |\n| :--- | ---: |\n| tea | `3` |\n| a *cup* | 4 |\n\nDone.",
    "a narrow table": "|a|b|\n|-|-|\n|1|2|\n",
    "a table in an item": "- Prices:\n\n  | a | b |\n  |---|---|\n  | 1 | 2 |\n- Done",
    "a table in a quote": "> | a | b |\n> |---|---|\n> | 1 | 2 |\n",
    "escapes": r"Not \*bold\* and not a\_b\_c \\ at all\!",
}


def stream(text: str) -> Iterator[tuple[Document, Page, str]]:
    """Show ``text`` a character at a time, as a painter does: half of a mark waits for the rest."""
    written, page, shown = Document(), Page(), 0
    for end in range(1, len(text) + 1):
        waiting = text[shown:end]
        ready = waiting[: len(waiting) - written.half_mark(waiting)]
        if ready:
            page.apply(written.append(ready))
            shown += len(ready)
        yield written, page, text[:shown]


def words(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("name", CALM)
def test_what_is_shown_is_never_taken_back(name: str) -> None:
    """No mark flashes up: at any moment the page shows a beginning of what it will show in the end."""
    text = CALM[name]
    final = words(visible_text(render(text)))
    for _, page, source in stream(text):
        assert final.startswith(words(page.text())), source


@pytest.mark.parametrize("name", CALM)
def test_a_stop_at_any_moment_changes_no_character(name: str) -> None:
    """S6, S7: what is bold stays bold, and what is shown is made of exactly what is stored."""
    text = CALM[name]
    for end in range(1, len(text) + 1):
        *_, (written, page, source) = stream(text[:end])
        before = page.text().split()
        page.apply(written.finish(cut_off=True))
        assert page.text().split() == before
        assert page.html == render(source, cut_off=True)


@pytest.mark.parametrize("name", CALM)
def test_a_reply_is_calm_in_every_kind_of_piece(name: str) -> None:
    """S7: also where no painter holds a mark back, a stop leaves the page as it is."""
    text = CALM[name]
    for end in range(1, len(text) + 1):
        written, page = Document(), Page()
        page.apply(written.append(text[:end]))
        before = page.text().split()
        page.apply(written.finish(cut_off=True))
        assert page.text().split() == before, text[:end]


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("a **b", "a <strong>b</strong>"),
        ("a **b *c", "a <strong>b <em>c</em></strong>"),
        ("a ~~b c ", "a <s>b c</s>"),
        ("a `b*", "a <code>b*</code>"),
        ("a ``b`", "a <code>b</code>"),
        ("**a `b", "<strong>a <code>b</code></strong>"),
        ("a [b", "a b"),
        ("a [b](https://c.exam", "a b"),
        ("a ![b](https://c.exam", "a b"),
        ("a <https://c.exam", "a https://c.exam"),
        ("a https://c.exam", "a https://c.exam"),
        # What only looks like it:
        ("5*3", "5*3"),
        ("a * b", "a * b"),
        ("a [1] b", "a [1] b"),
        ("x[1", "x[1"),
        (r"a \*b", "a *b"),
        (r"a \[b", r"a \[b"),
        ("a (see [1](b c", "a (see [1](b c"),
        ("$a_b *c$ *d", '<span class="math">a_b *c</span> <em>d</em>'),
        (r"a \(x *y", r"a \(x *y"),
        ("a *" + "b " * LONGEST_SPAN, "a *" + "b " * (LONGEST_SPAN - 1) + "b"),
    ],
)
def test_what_is_half_open_is_shown_as_what_it_will_be(source: str, shown: str) -> None:
    assert render(source, cut_off=True) == f'<p dir="auto">{shown}</p>\n'


@pytest.mark.parametrize("source", ["**a\n\nb", "# **a\n", "| **a |\n|---|\n", "- **a\n- b"])
def test_what_its_block_has_ended_is_text(source: str) -> None:
    assert "**a" in visible_text(render(source, cut_off=True))


@pytest.mark.parametrize(
    ("text", "waiting"),
    [
        ("a **", 2),
        ("a `", 1),
        ("a [", 1),
        ("a ![", 2),
        ("a[^not", 5),
        ("a[^note]", 7),
        ("a[12]", 4),
        ("a [**", 3),
        (r"a \*", 2),
        ("a [b]", 1),
        ("a [b](", 2),
        ("a \\", 1),
        ("a <", 1),
        ("a\n- ", 2),
        ("a\n12.", 3),
        ("a\n  1. - [x] ", 11),
        ("a\n> ##", 4),
        ("a\n| :-- |", 7),
        ("a\n``", 2),
        ("a", 0),
        ("a\n", 0),
        ("a!", 0),
        ("f(x) <= 3", 0),
        ("a\n- b", 0),
        ("a\n2024 was", 0),
        ("a\n" + "=" * (LONGEST_MARK + 1), 0),
    ],
)
def test_a_mark_waits_for_what_follows(text: str, waiting: int) -> None:
    assert half_mark(text) == waiting


@given(st.text("ab *_`~#>-+=|:.1)(!<&\\\n\t $[]^", max_size=300))
def test_little_waits_and_in_the_end_nothing(text: str) -> None:
    """S7: a document says the same of what it has taken, and never more than what it is asked about."""
    assert half_mark(text) <= LONGEST_MARK
    written = Document()
    written.append(text[:100])
    assert written.half_mark(text[100:]) <= len(text[100:])
