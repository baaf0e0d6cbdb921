"""Halt as it is built into dist/, its settings naming the provider as a person would have saved them."""

from __future__ import annotations

import json
import re
from contextlib import AbstractContextManager

from bench.products.product import Face
from bench.products.static import serving
from tools.places import APP, DIST
from tools.site import build_site


class Halt:
    """The built page."""

    name = "halt"
    title = "Halt"
    what = "The page of `python build.py build`, with its settings as a first visit has them but for the provider."
    face = Face(
        message="#message",
        stop="#send-stop",
        reply="article[data-role=assistant] [data-testid=body]",
        takes_early_send=True,
    )

    @property
    def packages(self) -> dict[str, str]:
        """The names and versions of what is measured."""
        found = re.search(r'__version__ = "([^"]+)"', (APP / "halt" / "__init__.py").read_text(encoding="utf-8"))
        return {"halt": found[1] if found else "?"}

    def prepare(self) -> None:
        """Build the page."""
        build_site()

    def serving(self, provider: str) -> AbstractContextManager[str]:
        """Serve dist/."""
        return serving(DIST)

    def first_visit(self, provider: str) -> str:
        """Name the provider; one question is to be one request, so models are asked for no titles."""
        profile = {"id": "first", "provider": {"preset": "custom", "base_url": provider, "model": "bench"}}
        settings = json.dumps({"version": 2, "profiles": [profile], "profile": "first", "titles": False})
        return (
            f"localStorage.getItem('halt.settings') || localStorage.setItem('halt.settings', {json.dumps(settings)});"
        )
