"""Makes the pages whose starts are compared."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from halt_chat.server import serving
from tools.npm import fetch_packages
from tools.package_hook import lay_out
from tools.places import DIST

STOCK = Path(__file__).with_name("stock")


def make_stock(target: Path, site: Path = DIST) -> None:
    """Write the stock page into a new folder: PyScript as npm has it, and the runtime and wheels of the built site."""
    shutil.copytree(STOCK, target)
    shutil.copytree(fetch_packages() / "@pyscript" / "core" / "dist", target / "pyscript")
    shutil.copytree(site / "pyodide", target / "pyodide", ignore=shutil.ignore_patterns("runtime.mjs"))


@contextmanager
def hosted(site: Path, folder: Path) -> Iterator[str]:
    """Serve a site as hosts do, compressed, for as long as the block lasts; give its address. `folder` is a new one."""
    lay_out(site, folder / "plain", folder / "gzip")
    with serving(folder / "plain", compressed=folder / "gzip") as url:
        yield url
