"""A product from npm: fetched by its lock file, and bundled for production with the page that uses it."""

from __future__ import annotations

import json
import shutil
from contextlib import AbstractContextManager
from pathlib import Path
from urllib.parse import urlencode

from bench.products.static import serving
from bench.site import bundle
from tools.npm import fetch_packages, find_node
from tools.places import CACHE, LOCKS


class Bundled:
    """What all products from npm have in common; the page is index.html and page.mjs in the product's folder."""

    name: str

    def __init__(self, folder: Path) -> None:
        """Take the page from this folder."""
        self._folder = folder
        self._site = CACHE / "bench" / self.name / "site"

    @property
    def packages(self) -> dict[str, str]:
        """The names and versions of what is measured."""
        lock = json.loads((LOCKS / "bench" / self.name / "package.json").read_text(encoding="utf-8"))
        versions: dict[str, str] = lock["dependencies"]
        return versions

    def prepare(self) -> None:
        """Fetch and bundle it. Raises a BuildError where it can't be fetched."""
        packages = fetch_packages(CACHE / "bench" / self.name, LOCKS / "bench" / self.name, what=self.name)
        shutil.rmtree(self._site, ignore_errors=True)
        self._site.mkdir()
        shutil.copyfile(self._folder / "index.html", self._site / "index.html")
        bundle(find_node(), packages, self._folder / "page.mjs", self._site / "page.mjs")

    def serving(self, provider: str) -> AbstractContextManager[str]:
        """Serve the page; it reads the provider's base URL from its address."""
        return serving(self._site, f"?{urlencode({'provider': provider})}")

    def first_visit(self, provider: str) -> str:
        """Nothing has to be set."""
        return ""
