"""Bare links: addresses that are written as they are, found by the parser's plugin for GitHub's rules (GFM, 6.9)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.gfm_autolink import gfm_autolink_plugin

Rule = Callable[[StateInline, bool], bool]

BARE = "bare"
"""The ``info`` of a bare link's tokens."""

SPACE = re.compile(r"\s")


def add_bare_links(parser: MarkdownIt) -> None:
    """Let ``parser`` find bare links."""
    known = set(parser.inline.ruler.get_active_rules())
    gfm_autolink_plugin(parser)
    rules = dict(zip(parser.inline.ruler.get_active_rules(), parser.inline.ruler.getRules(""), strict=True))
    for name in rules.keys() - known:
        parser.inline.ruler.at(name, _marking(rules[name]))


def _marking(rule: Rule) -> Rule:
    """Make ``rule`` mark its links; where it finds none it must not take text away, which the plugin's may."""

    def marking(state: StateInline, silent: bool) -> bool:
        pending = state.pending
        if rule(state, silent):
            for token in state.tokens[-3:]:
                token.info = BARE
            return True
        state.pending = pending
        return False

    return marking


def without_open_link(children: Sequence[Token]) -> list[Token]:
    """Leave out the bare link that may go on, as no space has come after it: half an address leads elsewhere."""
    left = list(children)
    for index in range(len(left) - 1, -1, -1):
        token = left[index]
        if token.type == "link_close" and token.info == BARE:
            opening = max(place for place in range(index) if left[place].type == "link_open")
            del left[index], left[opening]
            return left
        if token.type in ("softbreak", "hardbreak") or SPACE.search(token.content):
            return left
    return left
