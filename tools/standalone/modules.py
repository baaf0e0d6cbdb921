"""Scripts and styles that name other files of the site by relative addresses, made to find them without any server.

In the one file, a script is run from a blob, whose address says nothing of where its neighbours are. So what a file
names by a fixed address gets a mark, in whose place `loader.js` puts the neighbour's own blob; and what a script works
out as it runs (`import(…)`, `import.meta.url`) it asks of two helpers, which know where it stood in the site.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Collection
from graphlib import CycleError, TopologicalSorter

from tools.errors import ProgramError

MARK = "halt-site:"
"""Begins the address of another file of the site, in quotes; `loader.js` knows the same word."""

_STATIC = re.compile(r"""(\bfrom\s*|\bimport\s*|\bexport\s*\*\s*from\s*)(["'])(\.{1,2}/[^"'\n]+)\2""")
_DYNAMIC = re.compile(r"(?<![\w.$])import(?=\()")
_META = re.compile(r"(?<![\w.$])import\.meta\b")
_STYLE_URL = re.compile(r"""url\((["']?)(?!data:|#)([^"')]+)\1\)""")
_MARKED = re.compile(rf'"{MARK}([^"]+)"')

_HELPERS = "const {{ site_import, site_meta }} = globalThis.haltSite.helpers({path}); "


def linked_script(path: str, text: str, site: Collection[str]) -> str:
    """Mark what a module imports, and let it ask for what it works out.

    `path` is the module's own in the site, `site` all paths there are. Lines stay where they were.
    Raises ProgramError where it imports a file that is not in the site.
    """
    _refuse_mark(path, text)
    text = _STATIC.sub(lambda found: f'{found[1]}"{MARK}{_neighbour(path, found[3], site)}"', text)
    text, dynamic = _DYNAMIC.subn("site_import", text)
    text, own = _META.subn("site_meta", text)
    return _HELPERS.format(path=json.dumps(path)) + text if dynamic or own else text


def linked_style(path: str, text: str, site: Collection[str]) -> str:
    """Mark the files that a style sheet names; raises ProgramError where one is not in the site."""
    _refuse_mark(path, text)
    return _STYLE_URL.sub(lambda found: f'url("{MARK}{_neighbour(path, found[2], site)}")', text)


def check_no_cycle(texts: dict[str, str]) -> None:
    """Raise ProgramError where marked files name each other in a ring: none of them could be made a blob first."""
    try:
        TopologicalSorter({path: _MARKED.findall(text) for path, text in texts.items()}).prepare()
    except CycleError as error:
        ring = " → ".join(error.args[1])
        raise ProgramError(f"Modules import each other in a ring, which one file can't hold: {ring}") from error


def _neighbour(path: str, address: str, site: Collection[str]) -> str:
    target = posixpath.normpath(posixpath.join(posixpath.dirname(path), address))
    if target not in site:
        raise ProgramError(f"{path} names {address}, which is not in the site. Look at tools/standalone/modules.py.")
    return target


def _refuse_mark(path: str, text: str) -> None:
    if f'"{MARK}' in text:
        raise ProgramError(f'{path} contains "{MARK}", which has a meaning of its own in the one file.')
