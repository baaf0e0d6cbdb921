"""What models write beyond CommonMark: formulas, bare links, footnotes, tables, strikethrough, tasks."""

from __future__ import annotations

import re

import pytest

from halt.markdown import Document, render
from halt.markdown.formula import LONGEST_BLOCK, LONGEST_INLINE
from tests.unit.markdown.page import Page


def formulas(text: str) -> list[str]:
    return re.findall(r'class="math"[^>]*>([^<]*)<', render(text))


def links(text: str) -> list[str]:
    return re.findall(r'href="([^"]*)"', render(text))


def shown(text: str) -> str:
    """What an open document shows."""
    page, document = Page(), Document()
    page.apply(document.append(text))
    return page.html


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Let $x^2$ and $n$th", ["x^2", "n"]),
        ("\\(a\\) and \\[ b \\] and $$c$$", ["a", "b", "c"]),
        ("$$\na\nb\n$$", ["a\nb"]),
        ("\\[\na\n\\]", ["a"]),
        ("text:\n$$\n- a\n# b\n$$\nmore", ["- a\n# b"]),
        ("$\\$5$", ["\\$5"]),
        ("$5 and $10", []),
        ("US$5, 7$ and $ x $", []),
        ("\\$x$ and $x\\$", []),
        ("`$x$` and \\\\(x)", []),
        ("$$\na\n\nb\n$$", []),
        ("\\(\\) and $*$", []),
        ("\\[no link\\] and \\(no call at all\\)", []),
        ("\\[a = b\\] and \\(\\text{two words}\\)", ["a = b", "\\text{two words}"]),
        (f"${'a' * (LONGEST_INLINE + 1)}$", []),
        (f"$$\n{'a' * (LONGEST_BLOCK + 1)}\n$$", []),
    ],
)
def test_what_is_a_formula(text: str, found: list[str]) -> None:
    assert formulas(text) == found


def test_a_formula_is_its_source_until_it_is_set() -> None:
    assert render("$a<b$ $$c$$") == (
        '<p dir="auto"><span class="math">a&lt;b</span> <span class="math" data-display>c</span></p>\n'
    )


@pytest.mark.parametrize("text", ["so \\(a*b*c", "so \\[a*b*c", "so $$a*b*c", "$$\na*b*c"])
def test_half_a_formula_is_shown_as_it_was_written(text: str) -> None:
    assert text.replace("\n", "") in shown(text).replace("\n", "")
    assert "<em>" not in shown(text)


def test_a_price_does_not_hold_the_text_after_it_back() -> None:
    assert "<strong>cheap</strong>" in shown("It costs $5, which is **cheap** and")


def test_bare_addresses_are_links() -> None:
    text = "https://a.example/x_y. www.b.example, a@b.example (http://c.example/d(e))"
    expected = ["https://a.example/x_y", "http://www.b.example", "mailto:a@b.example", "http://c.example/d(e)"]
    assert links(text) == expected
    assert links("xhttps://a.example https:a xmpp:a@b.example https://") == []
    assert "xmpp:a@b.example" in render("xmpp:a@b.example")


def test_an_address_is_no_link_before_its_end() -> None:
    """Half an address leads elsewhere."""
    assert "<a " not in shown("see (https://a.example/x")
    assert "<a " not in shown("see https://a.example.")
    assert "<a " in shown("see https://a.example/x and")


def test_an_address_is_shown_as_it_was_written() -> None:
    assert ">https://xn--80ak6aa92e.example/%41<" in render("https://xn--80ak6aa92e.example/%41")


def test_a_footnote_stays_where_it_is_written() -> None:
    html = render("a[^X] b[^2]\n\n[^x]: note\n\nend")
    assert html.count("footnote-ref") == 1
    assert "b[^2]" in html
    assert html.index("note") < html.index("end")
    assert " id=" not in html


def test_a_reference_finds_a_footnote_that_comes_after_it() -> None:
    document, page = Document(), Page()
    for character in "- see[^1]\n\nText.\n\n[^1]: note\n":
        page.apply(document.append(character))
    assert page.settled.count("footnote-ref") == 1


def test_the_other_extensions() -> None:
    html = render("~~a~~\n\n- [x] b\n- [ ] c\n\n|d|\n|-|\n|e|\n")
    for part in ("<s>a</s>", 'aria-label="done"', 'aria-label="to do"', "<th", "<td"):
        assert part in html
