"""Source text to tokens: markdown-it-py, taken apart so that blocks and their inside can be parsed apart."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from halt.markdown.renderer import TAIL, Renderer, link_host

References = MutableMapping[str, dict[str, Any]]
"""Link definitions by label, as markdown-it-py keeps them: ``href``, ``title`` and ``map``, their lines."""


class Parser(MarkdownIt):
    """CommonMark with tables and strikethrough; raw HTML is text, and only links that may leave the page are links."""

    def __init__(self) -> None:
        """Make the parser; it keeps nothing between two texts."""
        super().__init__("commonmark", {"html": False, "xhtmlOut": False}, renderer_cls=Renderer)
        self.enable(["table", "strikethrough"])
        # Blocks are parsed by themselves (``blocks``); what is left of the chain works on what lies inside them.
        self.core.ruler.enableOnly(["inline", "text_join"])

    def validateLink(self, url: str) -> bool:
        """Tell whether ``url`` may be a link; what may not stays the text it was written as."""
        return link_host(url) is not None

    def blocks(self, text: str, references: References) -> list[Token]:
        """Parse the block structure of ``text``; definitions found on the way are added to ``references``."""
        tokens: list[Token] = []
        self.block.parse(text, self, {"references": references}, tokens)
        return tokens

    def inlines(self, tokens: list[Token], references: References) -> None:
        """Parse what lies inside the inline tokens among ``tokens``, in place."""
        self.core.process(StateCore("", self, {"references": references}, tokens))

    def html(self, tokens: Sequence[Token]) -> str:
        """Render tokens whose inside is parsed."""
        return str(self.renderer.render(tokens, self.options, {}))

    def open_html(self, tokens: Sequence[Token]) -> str:
        """Render the tokens of an open block, marking the place at which plain text is appended."""
        for token in reversed(tokens):
            if token.type == "inline":
                token.children = [*(token.children or []), Token("tail", "span", 0)]
                return self.html(tokens)
            if token.type in ("fence", "code_block"):
                token.meta["tail"] = True
                return self.html(tokens)
        return f"{self.html(tokens)}<span {TAIL}></span>"


PARSER = Parser()


def normalize(text: str) -> str:
    """Bring line endings and NUL to what the parser expects (CommonMark 0.31.2, sections 2.1 and 2.3)."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\N{REPLACEMENT CHARACTER}")


def top_level(tokens: Sequence[Token]) -> list[int]:
    """Find where each top-level block begins among ``tokens``."""
    return [index for index, token in enumerate(tokens) if token.level == 0 and token.nesting >= 0]


def render(source: str) -> str:
    """Render a whole text at once."""
    references: References = {}
    tokens = PARSER.blocks(normalize(source), references)
    PARSER.inlines(tokens, references)
    return PARSER.html(tokens)
