"""Puts KaTeX into the site, which the page loads with the first formula."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from tools.errors import ProgramError
from tools.runtime import copy_script

# Every browser that runs Pyodide reads woff2; the stylesheet names two older formats besides.
_OLDER_FONTS = re.compile(r',url\([^)]*\) ?format\("(?:woff|truetype)"\)')


def add_katex(node_modules: Path, target: Path) -> None:
    """Copy the module, its stylesheet and its fonts; raises ProgramError where the stylesheet is not as expected."""
    shipped = node_modules / "katex" / "dist"
    (target / "fonts").mkdir(parents=True)
    copy_script(shipped / "katex.mjs", target / "katex.mjs")
    styles, left_out = _OLDER_FONTS.subn("", (shipped / "katex.min.css").read_text(encoding="utf-8"))
    fonts = set(re.findall(r"url\(([^)]*)\)", styles))
    if not left_out or not all(font.startswith("fonts/") and font.endswith(".woff2") for font in fonts):
        raise ProgramError("KaTeX's stylesheet is not as expected. Look at tools/katex.py.")
    (target / "katex.css").write_text(styles, encoding="utf-8")
    for font in fonts:
        shutil.copyfile(shipped / font, target / font)
