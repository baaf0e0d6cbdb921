"""Makes the pages whose starts are compared."""

from __future__ import annotations

import shutil
from pathlib import Path

from tools.npm import fetch_packages
from tools.places import DIST

STOCK = Path(__file__).with_name("stock")


def make_stock(target: Path, site: Path = DIST) -> None:
    """Write the stock page into a new folder: PyScript as npm has it, and the runtime and wheels of the built site."""
    shutil.copytree(STOCK, target)
    shutil.copytree(fetch_packages() / "@pyscript" / "core" / "dist", target / "pyscript")
    shutil.copytree(site / "pyodide", target / "pyodide", ignore=shutil.ignore_patterns("runtime.mjs"))
