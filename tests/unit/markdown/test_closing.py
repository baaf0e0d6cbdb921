"""A text in a file of Markdown: whatever it ends in, the next heading is one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from halt.markdown.closing import closing

PIECES = [
    "```",
    "````",
    "~~~",
    "<!--",
    "-->",
    "<script>",
    "</script>",
    "<SCRIPT",
    "<pre>",
    "</pre>",
    "<![CDATA[",
    "]]>",
    "<?",
    "?>",
    "<!x",
    ">",
    "<div>",
    "-",
    "1.",
    "a",
    "|",
]
READER = MarkdownIt("commonmark")


def followed(text: str) -> str:
    end = closing(text)
    return f"{text}{'' if text.endswith(chr(10)) or not end else chr(10)}{end}\n\n## Next"


@settings(max_examples=300)
@given(st.lists(st.sampled_from([*PIECES, "\n", "\n", "\n\n", " ", "    ", "\r\n", "> "]), max_size=12).map("".join))
def test_the_next_heading_is_one(text: str) -> None:
    tokens = READER.parse(followed(text))
    assert [token.type for token in tokens[-3:]] == ["heading_open", "inline", "heading_close"]
    assert (tokens[-3].level, tokens[-2].content) == (0, "Next")


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("", ""),
        ("a", ""),
        ("```py\nx", "```"),
        ("~~~~\n```\n~~~", "~~~~"),
        ("```\nx\n```", ""),
        ("```\nx\n  ````  \n", ""),
        ("- ```\n  x", ""),
        ("<!-- a", "-->"),
        ("<!-- a -->", ""),
        ("<pre>\na\n\nb", "</pre>"),
    ],
)
def test_only_what_is_open_is_closed(text: str, end: str) -> None:
    assert closing(text) == end
