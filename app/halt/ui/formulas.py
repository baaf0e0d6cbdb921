"""Formulas on the page: they are TeX until KaTeX is there, which is loaded with the first one."""

from __future__ import annotations

import js

from halt.browser.dom import Element

# What a piece of HTML with a formula contains.
MARK = 'class="math"'


def set_formulas(first: Element) -> None:
    """Set the formulas in ``first`` and in all nodes after it in the same parent.

    ``public/math.mjs`` takes up what came before it was there. Should it never come, the formulas stay TeX.
    """
    if hasattr(js, "setFormulas"):
        js.setFormulas(first)
    elif not js.document.getElementById("math-script"):
        script = js.document.createElement("script")
        script.id = "math-script"
        script.type = "module"
        script.src = "math.mjs"
        js.document.head.append(script)
