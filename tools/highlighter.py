"""Puts into the site what colours code: CodeMirror's tokenizers, and the module of ours that uses them."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from tools.places import APP, PUBLIC

HIGHLIGHT_MODULE = "highlight.mjs"
_LANGUAGES = APP / "halt" / "markdown" / "languages.py"
_MODE = re.compile(r'^    \(".+", "(\w+)\.\w+", ".+"\),$', re.MULTILINE)
_IMPORT = re.compile(r'^import .* from "\./([\w-]+)\.js"$', re.MULTILINE)


def add_highlighter(node_modules: Path, target: Path) -> None:
    """Copy the tokenizers that the page's languages name, and the files that those import.

    The page loads nothing of this folder before there is code in a language that it knows.
    """
    target.mkdir()
    shutil.copyfile(PUBLIC / HIGHLIGHT_MODULE, target / HIGHLIGHT_MODULE)
    shutil.copyfile(node_modules / "@codemirror" / "streamparser" / "dist" / "index.js", target / "streamparser.js")
    modes = target / "modes"
    modes.mkdir()
    waiting = set(_MODE.findall(_LANGUAGES.read_text(encoding="utf-8")))
    while waiting:
        name = waiting.pop()
        source = node_modules / "@codemirror" / "legacy-modes" / "mode" / f"{name}.js"
        shutil.copyfile(source, modes / source.name)
        waiting |= {other for other in _IMPORT.findall(source.read_text(encoding="utf-8")) if other != name}
