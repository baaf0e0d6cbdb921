"""Another main program in the built page: what a test wants Python to do instead of, or after, Halt's own."""

from __future__ import annotations

from tools.places import APP, DIST

from .halt_page import HaltPage

PROGRAM = (APP / "main.py").read_text(encoding="utf-8")
"""The one in the page."""


def page_with(program: str) -> str:
    """Give the built page with another program."""
    page = (DIST / "index.html").read_text(encoding="utf-8")
    assert PROGRAM in page
    return page.replace(PROGRAM, program)


def replace_program(halt: HaltPage, program: str) -> None:
    """Have the page run another program from its next load on."""
    halt.page.route(halt.url, lambda route: route.fulfill(body=page_with(program), content_type="text/html"))
