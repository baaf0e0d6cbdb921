"""Gathers the licence texts of everything that the site ships."""

from __future__ import annotations

import re
import shutil
import zipfile
from pathlib import Path

from tools.places import LOCKS, ROOT

_LICENSE = re.compile(r"(LICEN[CS]E|COPYING|NOTICE)[^/]*", re.IGNORECASE)
# Tests use them, or they are for a command line; the site does not carry them.
_NOT_SHIPPED = {"axe-core", "commander", "commonmark-spec"}


def gather(node_modules: Path, wheels: Path, target: Path) -> None:
    """Write all licence texts into one folder: of Halt, of Python and Pyodide, of PyScript's parts, of the wheels."""
    target.mkdir()
    own = ROOT / "LICENSE"
    if own.exists():
        shutil.copyfile(own, target / "halt.txt")
    # Pyodide's npm package carries no text; it says MPL-2.0, and contains CPython, under the PSF's.
    shutil.copyfile(LOCKS / "licenses" / "MPL-2.0.txt", target / "pyodide.txt")
    shutil.copyfile(LOCKS / "licenses" / "PSF-2.0.txt", target / "python.txt")
    for manifest in sorted([*node_modules.glob("*/package.json"), *node_modules.glob("@*/*/package.json")]):
        package = manifest.parent
        name = package.relative_to(node_modules).as_posix()
        for file in sorted(package.iterdir()):
            if name not in _NOT_SHIPPED and file.is_file() and _LICENSE.fullmatch(file.name):
                shutil.copyfile(file, target / f"{name.strip('@').replace('/', '-')}.txt")
    for wheel in sorted(wheels.glob("*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            for entry in archive.namelist():
                base = entry.rsplit("/", 1)[-1]
                if ".dist-info/" in entry and _LICENSE.fullmatch(base):
                    (target / f"{wheel.name.split('-')[0]}-{Path(base).stem}.txt").write_bytes(archive.read(entry))
