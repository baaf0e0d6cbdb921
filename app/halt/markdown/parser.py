"""Source text to tokens: markdown-it-py, taken apart so that blocks and their inside can be parsed apart."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.parser_block import ParserBlock
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block import fence as fence_rule
from markdown_it.rules_core import StateCore, text_join
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline import image as image_rule
from markdown_it.rules_inline import link as link_rule
from markdown_it.token import Token

from halt.markdown import footnote, formula
from halt.markdown.bare_link import add_bare_links, without_open_link
from halt.markdown.renderer import Renderer, link_host

References = MutableMapping[str, dict[str, Any]]
"""Link definitions by label, as markdown-it-py keeps them: ``href``, ``title`` and ``map``, their lines."""


class MarkedBlocks(ParserBlock):
    """The library's block parser, which also notes what it knows of list items while it parses them."""

    def tokenize(self, state: StateBlock, startLine: int, endLine: int) -> None:
        """Parse lines; an item's mark says how far its content is indented, and what it has to do with blank lines."""
        opening = state.tokens[-1] if state.tokens else None
        super().tokenize(state, startLine, endLine)
        if opening is not None and opening.type == "list_item_open" and opening.map and not opening.map[1]:
            ends_empty = state.line - startLine > 1 and state.isEmpty(state.line - 1)
            opening.meta |= {"indent": state.blkIndent, "tight": state.tight, "ends_empty": ends_empty}


class Parser(MarkdownIt):
    """CommonMark with tables, strikethrough and task lists; raw HTML is text, and only links that may leave the page
    are links."""

    def __init__(self) -> None:
        """Make the parser; it keeps nothing between two texts."""
        super().__init__("commonmark", {"html": False, "xhtmlOut": False, "tasklists": True}, renderer_cls=Renderer)
        self.block = MarkedBlocks()
        self.enable(["table", "strikethrough"])
        self.disable(["html_block", "html_inline"])
        self.block.ruler.at("fence", _fence, {"alt": ["paragraph", "reference", "blockquote", "list"]})
        self.block.ruler.before(
            "fence",
            formula.BLOCK,
            formula.formula_block,
            {"alt": ["paragraph", "reference", "blockquote", "list"]},
        )
        self.inline.ruler.before("escape", formula.INLINE, formula.formula)
        self.block.ruler.before("reference", "footnote", footnote.definition, {"alt": ["paragraph", "reference"]})
        self.inline.ruler.before("link", footnote.REFERENCE, footnote.reference)
        for name, rule in (("link", link_rule), ("image", image_rule)):
            self.inline.ruler.at(name, _if_closed(rule))
        add_bare_links(self)
        # Blocks are parsed by themselves (``blocks``); what is left of the chain works on what lies inside them.
        self.core.ruler.enableOnly(["inline", "text_join"])
        self._text_join = text_join

    def validateLink(self, url: str) -> bool:
        """Tell whether ``url`` may be a link; what may not stays the text it was written as."""
        return link_host(url) is not None

    def normalizeLinkText(self, url: str) -> str:
        """Show an address as it was written: decoded, it could look like another."""
        return url

    def blocks(self, text: str, references: References) -> list[Token]:
        """Parse the block structure of ``text``; definitions found on the way are added to ``references``."""
        tokens: list[Token] = []
        self.block.parse(text, self, {"references": references}, tokens)
        _mark_lists(tokens)
        return tokens

    def inlines(self, tokens: Sequence[Token], references: References) -> None:
        """Parse what lies inside the inline tokens among ``tokens``, in place."""
        growing = [token for token in tokens if token.meta and formula.GROWING in token.meta]
        whole = [token for token in tokens if token not in growing] if growing else list(tokens)
        self.core.process(StateCore("", self, {"references": references}, whole))
        if growing:
            self.core.process(StateCore("", self, {"references": references, formula.GROWING: True}, growing))
        for token in growing:
            token.children = without_open_link(token.children or [])

    def join(self, inline: Token) -> None:
        """Join the text of an inline token whose inside was parsed by other means, as ``inlines`` does in the end."""
        self._text_join(StateCore("", self, {}, [inline]))

    def html(self, tokens: Sequence[Token]) -> str:
        """Render tokens whose inside is parsed."""
        return str(self.renderer.render(tokens, self.options, {}))


def _if_closed(rule: Callable[[StateInline, bool], bool]) -> Callable[[StateInline, bool], bool]:
    """Let ``rule`` look for a link only where a bracket closes one: it would search to the end for each that opens."""

    def if_closed(state: StateInline, silent: bool) -> bool:
        return state.src[state.pos] in "[!" and state.src.find("]", state.pos, state.posMax) > 0 and rule(state, silent)

    return if_closed


def _fence(state: StateBlock, startLine: int, endLine: int, silent: bool) -> bool:
    """Parse a fence, and note how far it is indented and whether the line came that closes it."""
    if not fence_rule(state, startLine, endLine, silent):
        return False
    if not silent:
        token = state.tokens[-1]
        lines = token.content.count("\n") + (not token.content.endswith("\n") and token.content != "")
        indent = state.sCount[startLine] - state.blkIndent
        token.meta |= {"indent": indent, "closed": state.line - startLine == lines + 2}
    return True


def _mark_lists(tokens: Sequence[Token]) -> None:
    """Note of each list whether it is loose (CommonMark 0.31.2, section 5.3).

    The library hides the paragraphs of tight lists. Here all are shown and the list says which it is, so that a list
    can become loose while it grows and nothing in it is replaced.
    """
    open_lists: list[Token] = []
    after_empty: list[bool] = []
    for token in tokens:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            token.meta["loose"] = False
            open_lists.append(token)
            after_empty.append(False)
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            open_lists.pop()
            after_empty.pop()
        elif token.type == "list_item_open":
            if after_empty[-1] or not token.meta.get("tight", True):
                open_lists[-1].meta["loose"] = True
            first, after = token.map or (0, 0)
            # An item of nothing but its marker is not parsed further, so it has no such mark.
            after_empty[-1] = bool(token.meta.get("ends_empty", after - first > 1))
        elif token.hidden:
            token.hidden = False


PARSER = Parser()


def normalize(text: str) -> str:
    """Bring line endings and NUL to what the parser expects (CommonMark 0.31.2, sections 2.1 and 2.3)."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\N{REPLACEMENT CHARACTER}")
