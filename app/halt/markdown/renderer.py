"""Tokens to HTML that a page may hold whoever wrote it: few tags, few attributes, nothing that loads or runs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from markdown_it.common.utils import escapeHtml, unescapeAll
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from halt.markdown import footnote, formula
from halt.markdown.languages import find_language

# A reply stands below the page's own h1 and h2, so that the outline stays one tree.
HEADING_SHIFT = 2
DEEPEST_HEADING = 6

# Each of these finds its own direction: one reply may mix scripts that run left and right.
DIRECTED = frozenset({"p", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "td", "th"})

# C++, c#, objective-c, asp.net; anything longer or stranger is no language's name.
LANGUAGE = re.compile(r"[\w+#.-]{1,40}", re.ASCII)

# The class of a loose list: its paragraphs keep their distance.
LOOSE = "loose"

# The task of an item in a task list, done or not: a picture of a box, not a form's field.
TASK = '<span class="task" role="img" aria-label="{}">{}</span>'

# The name that is read aloud tells it from the button that copies the whole reply.
COPY_CODE = '<button type="button" class="plain" data-action="copy-code" aria-label="Copy code">Copy</button>'

CODE_END = "</code></pre></figure>\n"

CODE_DEPTH = 2
"""How many last elements below its outermost one a code block's ``<code>`` lies."""

# What the button does is shown by the style sheet, so that only the author's own words are in the text.
IMAGE = (
    '<span class="image"><button type="button" data-action="load-image" data-src="{src}" data-host="{host}"'
    ' aria-label="Load image from {name}">{alt}</button></span>'
)

TABLE_START = (
    '<div class="table-box"><div class="table-tools">'
    '<button type="button" class="plain" data-action="copy-table" data-format="csv" aria-label="Copy as CSV"></button>'
    '<button type="button" class="plain" data-action="copy-table" data-format="markdown"'
    ' aria-label="Copy as Markdown"></button>'
    '</div><div class="table" tabindex="0" role="group" aria-label="Table"><table>\n'
)

TABLE_DOWN = 3
"""How many last elements the body of a table lies below the outermost element of ``TABLE_START``."""

# What a host's name consists of once it is in ASCII, or an IPv6 address. Whatever else there is, escapes above all, a
# browser may take for another host than the one that is shown.
HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+")

PENDING = "data-pending"
"""Marks a block in whose text a link may stand whose definition has not come."""

DISPLAY = "data-display"
"""Marks a formula that stands by itself."""

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
        return host if host and HOST.fullmatch(host) else None
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
        if token.meta.get("loose"):
            token.attrSet("class", LOOSE)
        return super().renderToken(tokens, idx, options, env)

    def bullet_list_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Render a list; what the library says of tasks in it is said by each item."""
        tokens[idx].attrs.pop("class", None)
        return self.renderToken(tokens, idx, options, env)

    ordered_list_open = bullet_list_open

    def list_item_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Render an item, and the box of a task."""
        token = tokens[idx]
        token.attrs.pop("class", None)
        checked = token.meta.get("checked")
        if checked is not None:
            token.attrSet("class", "task-item")
        box = "" if checked is None else TASK.format(*(("done", "☑") if checked else ("to do", "☐")))
        return self.renderToken(tokens, idx, options, env) + box

    def heading_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Render a heading below the page's own."""
        return f'<{_heading_tag(tokens[idx])} dir="auto"{_pending(tokens[idx])}>'

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
        """Render a button: an image that loads by itself would tell its host who reads, and what."""
        token = tokens[idx]
        src = str(token.attrGet("src") or "")
        alt = self.renderInlineAsText(token.children or [], options, env)
        if not src.startswith(("http://", "https://")):
            return escapeHtml(alt)
        host = link_host(src) or ""
        name = f"{host}: {alt}" if alt else host
        return IMAGE.format(src=escapeHtml(src), host=escapeHtml(host), name=escapeHtml(name), alt=escapeHtml(alt))

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Render a code block with its header; see ``code_ends``."""
        before, after = code_ends(tokens[idx])
        return f"{before}{code_text(tokens[idx].content, tail=bool(tokens[idx].meta.get('tail')))}{after}"

    code_block = fence

    def table_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Render a table, its buttons, and around it a group that scrolls sideways, by keyboard too; no landmark."""
        return TABLE_START

    def table_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Close a table and the boxes around it."""
        return "</table></div></div>\n"

    def th_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Render a heading cell."""
        return _cell(tokens[idx])

    def td_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Render a cell."""
        return _cell(tokens[idx])

    def footnote_ref(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Render a reference as a button: a link would need an id, and those of two replies would clash."""
        label, key = _footnote(tokens[idx])
        return (
            f'<button type="button" class="footnote-ref" data-action="footnote" data-footnote="{key}"'
            f' aria-label="Footnote {label}">{label}</button>'
        )

    def footnote_reference_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Render a footnote where it stands, with its label, which leads back to the reference."""
        label, key = _footnote(tokens[idx])
        return (
            f'<div class="footnote" role="note" tabindex="-1" data-footnote="{key}"><button type="button"'
            f' class="footnote-label" data-action="footnote-back" data-footnote="{key}"'
            f' aria-label="Back to footnote {label} in the text">{label}</button>\n'
        )

    def footnote_reference_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Close a footnote."""
        return "</div>\n"

    def formula(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Render a formula in a line as its source; the page sets it."""
        display = f" {DISPLAY}" if tokens[idx].markup in formula.DISPLAY else ""
        return f'<span class="math"{display}>{escapeHtml(tokens[idx].content)}</span>'

    def formula_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Render a formula by itself, within a group that scrolls sideways."""
        text = escapeHtml(tokens[idx].content)
        return f'<div class="math" {DISPLAY} tabindex="0" role="group" aria-label="Formula">{text}</div>\n'

    def formula_text(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Render what began like a formula as it was written."""
        token = tokens[idx]
        return f'<p dir="auto">{code_text(token.content, tail=bool(token.meta.get("tail")))}</p>\n'

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


def code_ends(token: Token) -> tuple[str, str]:
    """Give the HTML before and after the text of a code block: a header, and the code as the last element.

    Code runs from left to right whatever surrounds it. ``data-mode`` names the tokenizer of a language that can be
    coloured; a language that nobody knows is shown as it is written, and one that is still being written is hidden.
    """
    words = unescapeAll(token.info).split(maxsplit=1) if token.type == "fence" else []
    written = words[0] if words and LANGUAGE.fullmatch(words[0]) else ""
    language = find_language(written)
    name = language.name if language else written
    hidden = " hidden" if token.meta.get("half_line") else ""
    caption = f"<figcaption{hidden}>{name}</figcaption>" if name else ""
    class_ = f' class="language-{written}"' if written else ""
    mode = f' data-mode="{language.mode}"' if language else ""
    return f'<figure class="code" dir="ltr">{caption}{COPY_CODE}<pre tabindex="0"><code{class_}{mode}>', CODE_END


def code_text(text: str, *, tail: bool) -> str:
    """Give the HTML of code; ``tail`` marks it as the place that plain text is appended to."""
    return f"<span {TAIL}>{escapeHtml(text)}</span>" if tail else escapeHtml(text)


def _footnote(token: Token) -> tuple[str, str]:
    """Give a footnote's label, and the name that it has whatever the label's case."""
    label = str(token.meta["label"])
    return escapeHtml(label), escapeHtml(footnote.key(label))


def _pending(token: Token) -> str:
    number = token.attrGet(PENDING)
    return "" if number is None else f' {PENDING}="{number}"'


def _cell(token: Token) -> str:
    # The parser writes style="text-align:right"; the page's policy allows no inline style.
    align = str(token.attrGet("style") or "").removeprefix("text-align:")
    class_ = f' class="align-{align}"' if align else ""
    return f'<{token.tag} dir="auto"{class_}{_pending(token)}>'
