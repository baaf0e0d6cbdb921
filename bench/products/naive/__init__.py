"""A chat in PyScript as one would write it in an hour: pyfetch, text that is appended, Stop by cancelling the task."""

from __future__ import annotations

import json
import shutil
from contextlib import AbstractContextManager
from pathlib import Path
from urllib.parse import urlencode

from bench.products.product import Face
from bench.products.static import serving
from tools.npm import fetch_packages
from tools.places import CACHE, LOCKS

PYODIDE = (
    "pyodide.mjs",
    "pyodide.asm.mjs",
    "pyodide.asm.js",
    "pyodide.asm.wasm",
    "python_stdlib.zip",
    "pyodide-lock.json",
)


class Naive:
    """The page with the PyScript and the Pyodide that Halt uses."""

    name = "naive"
    title = "naive PyScript"
    what = "40 lines of Python on the same PyScript and Pyodide: pyfetch, `textContent +=`, Stop is task.cancel()."
    face = Face(message="#message", stop="#stop", reply=".reply")

    def __init__(self) -> None:
        """Make the site in the builder's folder."""
        self._site = CACHE / "bench" / self.name / "site"

    @property
    def packages(self) -> dict[str, str]:
        """The names and versions of what is measured."""
        versions: dict[str, str] = json.loads((LOCKS / "package.json").read_text(encoding="utf-8"))["dependencies"]
        return {name: versions[name] for name in ("@pyscript/core", "pyodide")}

    def prepare(self) -> None:
        """Put the page, PyScript and Pyodide into one folder."""
        packages = fetch_packages()
        shutil.rmtree(self._site, ignore_errors=True)
        shutil.copytree(packages / "@pyscript" / "core" / "dist", self._site / "pyscript")
        (self._site / "pyodide").mkdir()
        for name in PYODIDE:
            if (file := packages / "pyodide" / name).is_file():
                shutil.copyfile(file, self._site / "pyodide" / name)
        for name in ("index.html", "main.py", "pyscript.toml"):
            shutil.copyfile(Path(__file__).with_name(name), self._site / name)

    def serving(self, provider: str) -> AbstractContextManager[str]:
        """Serve the page; it reads the provider's base URL from its address."""
        return serving(self._site, f"?{urlencode({'provider': provider})}")

    def first_visit(self, provider: str) -> str:
        """Nothing has to be set."""
        return ""
