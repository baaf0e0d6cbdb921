"""Source text to HTML that stands by itself: no script comes with it, so it has no buttons and loads nothing."""

from __future__ import annotations

from collections.abc import Sequence

from markdown_it.common.utils import escapeHtml
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from halt.markdown.half_open import blocks_as_shown
from halt.markdown.parser import Parser, References, normalize
from halt.markdown.renderer import COPY_CODE, Renderer, link_host


class StandaloneRenderer(Renderer):
    """As the page renders, but without what only a script could bring to life."""

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Render a code block without its button; what is in the code is escaped, so the first one is the button."""
        return super().fence(tokens, idx, options, env).replace(COPY_CODE, "", 1)

    code_block = fence

    def table_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Render a table without its buttons."""
        return '<div class="table"><table>\n'

    def table_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Close a table and the box around it."""
        return "</table></div>\n"

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Render a link to the image: nothing is loaded unless somebody wants it."""
        token = tokens[idx]
        src = str(token.attrGet("src") or "")
        alt = escapeHtml(self.renderInlineAsText(token.children or [], options, env))
        host = link_host(src)
        if host is None or not src.startswith(("http://", "https://")):
            return alt
        rel = "noopener noreferrer nofollow"
        return f'<a href="{escapeHtml(src)}" rel="{rel}">Image from {escapeHtml(host)}{alt and ": "}{alt}</a>'

    def footnote_ref(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Render a reference by its label."""
        return f"<sup>{escapeHtml(str(tokens[idx].meta['label']))}</sup>"

    def footnote_reference_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Render a footnote where it stands, with its label."""
        return f'<div class="footnote"><sup>{escapeHtml(str(tokens[idx].meta["label"]))}</sup>\n'


PARSER = Parser()
PARSER.renderer = StandaloneRenderer(PARSER)


def render_standalone(source: str, *, cut_off: bool = False) -> str:
    """Render a whole text at once; ``cut_off`` as in ``Document.finish``."""
    references: References = {}
    tokens = (blocks_as_shown if cut_off else PARSER.blocks)(normalize(source), references)
    PARSER.inlines(tokens, references)
    return PARSER.html(tokens)
