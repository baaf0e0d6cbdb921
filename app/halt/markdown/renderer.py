"""Tokens to HTML that a page may hold whoever wrote it: few tags, few attributes, nothing that loads or runs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from markdown_it.common.utils import escapeHtml, unescapeAll
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

# A reply stands below the page's own h1 and h2, so that the outline stays one tree.
HEADING_SHIFT = 2
DEEPEST_HEADING = 6

# Each of these finds its own direction: one reply may mix scripts that run left and right.
DIRECTED = frozenset({"p", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "td", "th"})

# C++, c#, objective-c, asp.net; anything longer or stranger is no language's name.
LANGUAGE = re.compile(r"[\w+#.-]{1,40}", re.ASCII)

TAIL = "data-tail"
"""Marks the element of an open block that plain text is appended to."""


def link_host(url: str) -> str | None:
    """Tell where a link truly leads: a web address's host or a mail address; ``None`` where it must not be a link.

    Only absolute http, https and mailto addresses are links: a relative one would lead into this very page.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:  # such as an unclosed [ of an IPv6 address
        return None
    if parts.scheme in ("http", "https"):
        return host or None
    if parts.scheme == "mailto":
        return parts.path or None
    return None


class Renderer(RendererHTML):
    """HTML from tokens; a method is the rule for the token type of its name, as markdown-it-py has it."""

    def renderToken(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Render any token that has no rule of its own, with its direction left to its text."""
        token = tokens[idx]
        if token.nesting >= 0 and token.tag in DIRECTED:
            token.attrSet("dir", "auto")
        return super().renderToken(tokens, idx, options, env)

    def heading_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Render a heading below the page's own."""
        return f'<{_heading_tag(tokens[idx])} dir="auto">'

    def heading_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Close a heading by the tag that opened it."""
        return f"</{_heading_tag(tokens[idx])}>\n"

    def link_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Render a link that opens apart and says where it leads; the author's own title could lie about that."""
        href = str(tokens[idx].attrGet("href") or "")
        host = link_host(href) or ""
        return (
            f'<a href="{escapeHtml(href)}" target="_blank" rel="noopener noreferrer nofollow"'
            f' title="{escapeHtml(host)}">'
        )

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Render a placeholder: an image that loads by itself would tell its host who reads, and what."""
        token = tokens[idx]
        src = str(token.attrGet("src") or "")
        alt = self.renderInlineAsText(token.children or [], options, env)
        if not src.startswith(("http://", "https://")):
            return escapeHtml(alt)
        host = link_host(src) or ""
        text = f"{alt} ({host})" if alt else host
        return f'<span class="image" data-src="{escapeHtml(src)}">{escapeHtml(text)}</span>'

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Render a fenced code block, its language as a class where it names one."""
        token = tokens[idx]
        words = unescapeAll(token.info).split(maxsplit=1)
        language = words[0] if words and LANGUAGE.fullmatch(words[0]) else ""
        return _code(token, f' class="language-{language}"' if language else "")

    def code_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Render an indented code block."""
        return _code(tokens[idx], "")

    def table_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Render a table within a group of its own that scrolls sideways, by keyboard too; no region: no landmark."""
        return '<div class="table" tabindex="0" role="group" aria-label="Table"><table>\n'

    def table_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Close a table and its region."""
        return "</table></div>\n"

    def th_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Render a heading cell."""
        return _cell(tokens[idx])

    def td_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Render a cell."""
        return _cell(tokens[idx])

    def html_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Show raw HTML as the text it is; the parser makes no such token, and this holds should it ever."""
        return escapeHtml(tokens[idx].content)

    def html_inline(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Show raw HTML as the text it is; see ``html_block``."""
        return escapeHtml(tokens[idx].content)

    def tail(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Render the place at which an open block goes on."""
        return f"<span {TAIL}></span>"


def _heading_tag(token: Token) -> str:
    return f"h{min(int(token.tag[1]) + HEADING_SHIFT, DEEPEST_HEADING)}"


def _code(token: Token, attributes: str) -> str:
    tail = f" {TAIL}" if token.meta.get("tail") else ""
    return f'<pre tabindex="0"><code{attributes}{tail}>{escapeHtml(token.content)}</code></pre>\n'


def _cell(token: Token) -> str:
    # The parser writes style="text-align:right"; the page's policy allows no inline style.
    align = str(token.attrGet("style") or "").removeprefix("text-align:")
    return f'<{token.tag} dir="auto" class="align-{align}">' if align else f'<{token.tag} dir="auto">'
