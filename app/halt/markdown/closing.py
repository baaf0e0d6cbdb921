"""What a text has to be followed by in a file of Markdown, so that it does not swallow what comes after it."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt

from halt.markdown.parser import normalize

# What readers of such a file have in common, raw HTML included.
_PARSER = MarkdownIt("commonmark")

# HTML that only its own end ends, by how it begins (CommonMark 0.31.2, section 4.6, conditions 1 to 5).
_ENDS = {
    "<!--": "-->",
    "<?": "?>",
    "<![CDATA[": "]]>",
    "<!": ">",
    "<script": "</script>",
    "<pre": "</pre>",
    "<style": "</style>",
    "<textarea": "</textarea>",
}


def closing(source: str) -> str:
    """Give the line that closes the block of code or HTML in which ``source`` ends; empty where it ends in none.

    Only a block that stands by itself counts: any other ends with what it stands in.
    """
    text = normalize(source)
    tokens = _PARSER.parse(text)
    if not tokens or not tokens[-1].map:
        return ""
    last = tokens[-1]
    first, after = tokens[-1].map or (0, 0)
    if last.type == "fence":
        line = text.split("\n")[after - 1]
        closed = after - first > 1 and re.fullmatch(f" {{0,3}}{last.markup[0]}{{{len(last.markup)},}}[ \t]*", line)
        return "" if closed else last.markup
    if last.type == "html_block":
        content = last.content.lstrip(" ")
        for start, end in _ENDS.items():
            if content[: len(start)].casefold() == start.casefold():
                return "" if end.casefold() in content.casefold() else end
    return ""
