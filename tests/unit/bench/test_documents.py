"""The bench's texts: the same on every machine, as long and as hard as promised, and cut without loss."""

from __future__ import annotations

import hashlib

import pytest
from markdown_it import MarkdownIt

from bench.documents import ITEMS, LONG, ROWS, SHORT, chunks, documents
from bench.options import QUICK, RENDERERS, Rate

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
TEXTS = documents()

# Written down so that the numbers of two machines, and of two versions of Python, are about the same texts.
DIGEST = "accd8281e2a6bee399d1e2d431139800cc41a1df5ac8aa4e185b1625a2870246"


def blocks(name: str) -> list[str]:
    """The types of a text's outermost blocks."""
    return [token.type for token in PARSER.parse(TEXTS[name].text) if token.level == 0 and token.nesting >= 0]


def test_the_texts_are_the_same_each_time_and_everywhere() -> None:
    assert documents() == TEXTS
    everything = "\0".join(chunk for text in TEXTS.values() for chunk in chunks(text, 100))
    assert hashlib.sha256(everything.encode()).hexdigest() == DIGEST


@pytest.mark.parametrize(
    ("name", "characters"),
    [("short", SHORT), ("mixed", LONG), ("paragraph", LONG), ("unbroken", LONG), ("fence", LONG), ("quotes", LONG)],
)
def test_a_text_has_the_promised_length(name: str, characters: int) -> None:
    assert len(TEXTS[name].text) == characters


@pytest.mark.parametrize("name", ["list", "table"])
def test_lists_and_tables_are_about_as_long_as_the_others(name: str) -> None:
    assert abs(len(TEXTS[name].text) - LONG) < LONG / 20


def test_a_mixed_text_has_blocks_of_all_kinds() -> None:
    found = set(blocks("mixed"))
    lists, quote = {"bullet_list_open", "ordered_list_open"}, {"blockquote_open"}
    assert found == {"heading_open", "paragraph_open", "fence", "table_open", "hr"} | lists | quote
    marked = {child.type for token in PARSER.parse(TEXTS["mixed"].text) for child in token.children or []}
    assert marked >= {"em_open", "strong_open", "s_open", "code_inline", "link_open", "softbreak"}


@pytest.mark.parametrize(
    ("name", "block"),
    [
        ("paragraph", "paragraph_open"),
        ("unbroken", "paragraph_open"),
        ("fence", "fence"),
        ("list", "bullet_list_open"),
        ("table", "table_open"),
        ("quotes", "bullet_list_open"),
    ],
)
def test_a_hard_text_is_one_block(name: str, block: str) -> None:
    assert blocks(name) == [block]


def test_a_hard_text_is_as_hard_as_its_name_says() -> None:
    def count(name: str, kind: str) -> int:
        return sum(token.type == kind for token in PARSER.parse(TEXTS[name].text))

    assert count("list", "list_item_open") == ITEMS
    assert count("table", "tr_open") == ROWS + 1
    assert "\n" not in TEXTS["unbroken"].text
    assert TEXTS["paragraph"].text.count("\n") > 100
    assert max(token.level for token in PARSER.parse(TEXTS["quotes"].text)) >= 8


def test_the_corners_are_what_they_claim() -> None:
    html = PARSER.render(TEXTS["corners"].text)
    for right in (
        "<h1>Setext heading</h1>",
        "2 * 3 * 4 = 24, snake_case_name,",
        "<strong>bold</strong>text",
        '<a href="https://example.org/page" title="Title">the page</a>',
        "[missing][nowhere]",
        "<p>Quote\nlazy line</p>",
        '<pre><code class="language-text">```\nnot the end\n~~~\n</code></pre>',
        "<td><code>x|y</code></td>",
        "<p>Not a table | here</p>",
        "<p>The end.</p>",
    ):
        assert right in html


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_chunks_are_many_uneven_and_lose_nothing(text) -> None:
    cut = chunks(text, Rate().count(text))
    assert len(cut) == Rate().count(text)
    assert "".join(cut) == text.text
    assert all(cut)
    assert len({len(chunk) for chunk in cut}) > 5
    assert cut == chunks(text, Rate().count(text))


def test_all_texts_come_equally_fast() -> None:
    assert Rate().count(TEXTS["mixed"]) == 5_000
    assert QUICK.count(TEXTS["mixed"]) == 2_000
    assert Rate().count(TEXTS["short"]) == 125
    assert Rate().gap_ms == 5
    assert next(iter(RENDERERS)) == "halt"


def test_a_text_is_cut_into_its_characters_at_most() -> None:
    assert chunks(TEXTS["short"], 1_000_000) == list(TEXTS["short"].text)
