"""Footnotes: a reference ``[^1]``, and ``[^1]: text``, which stays where it is written and keeps its label.

The parser's plugin reads definitions. References are read here: the plugin numbers them anew and moves the footnotes to
the end of the text, and while a text grows its end moves.
"""

from __future__ import annotations

import re

from markdown_it.common.utils import normalizeReference
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from mdit_py_plugins.footnote.index import footnote_def

# One that a link could have as well, so that references wait for their definitions as links do (see pending.py).
LABEL = re.compile(r"\[\^([^\s\[\]\\]{1,99})\]")

REFERENCE, DEFINITION = "footnote_ref", "footnote_reference_open"
"""The types of tokens; a definition's is the plugin's."""


def reference(state: StateInline, silent: bool) -> bool:
    """Parse a reference to a footnote that is defined."""
    match = LABEL.match(state.src, state.pos, state.posMax)
    if not match or key(match[1]) not in state.env["references"]:
        return False
    if not silent:
        state.push(REFERENCE, "button", 0).meta["label"] = match[1]
    state.pos = match.end()
    return True


def definition(state: StateBlock, startLine: int, endLine: int, silent: bool) -> bool:
    """Parse a footnote, and note it among the definitions of links."""
    start = state.bMarks[startLine] + state.tShift[startLine]
    match = LABEL.match(state.src, start, state.eMarks[startLine])
    if not match or not footnote_def(state, startLine, endLine, silent):
        return False
    if not silent:
        state.env["references"].setdefault(key(match[1]), {"footnote": match[1]})
    return True


def key(label: str) -> str:
    """Give the name of a footnote among the definitions of links."""
    return normalizeReference(f"^{label}")
