"""Puts the browser's runtime into the site: Pyodide, PyScript, the wheels and the lock file that names them."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

from pyodide_lock import PyodideLockSpec
from pyodide_lock.spec import InfoSpec
from pyodide_lock.utils import add_wheels_to_spec

from tools.errors import ProgramError

PYODIDE_FILES = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")

# The one of PyScript's chunks that every page asks for; its editors, terminals and games are left out (see
# app/pyscript.toml), and so is what reads TOML.
_PYSCRIPT_CHUNK = re.compile(r'import\("\./(error-[\w-]+\.js)"')
_SOURCE_MAP = re.compile(rb"\n?//# sourceMappingURL=\S+\s*$")


def copy_script(source: Path, target: Path) -> None:
    """Copy a script without its reference to a source map, which the site does not carry."""
    target.write_bytes(_SOURCE_MAP.sub(b"\n", source.read_bytes()))


def add_pyodide(node_modules: Path, target: Path) -> None:
    """Copy Pyodide's own four files."""
    for name in PYODIDE_FILES:
        source = node_modules / "pyodide" / name
        if name.endswith(".mjs"):
            copy_script(source, target / name)
        else:
            shutil.copyfile(source, target / name)


def add_pyscript(node_modules: Path, target: Path) -> None:
    """Copy the part of PyScript that the page uses."""
    shipped = node_modules / "@pyscript" / "core" / "dist"
    cores = list(shipped.glob("core-*.js"))
    chunks = [name for core in cores for name in _PYSCRIPT_CHUNK.findall(core.read_text(encoding="utf-8"))]
    if len(cores) != 1 or len(chunks) != 1:
        raise ProgramError("PyScript's files have other names than expected. Look at tools/runtime.py.")
    target.mkdir()
    for name in ("core.js", cores[0].name, *chunks):
        copy_script(shipped / name, target / name)


# Where Pyodide's makers publish the packages that they have built; only a person's own Python asks there, and only for
# what it names (docs/python-provider.md).
PYODIDE_PACKAGES = "https://cdn.jsdelivr.net/pyodide/v{version}/full/"


def write_worker_lock(node_modules: Path, target: Path) -> None:
    """Write worker-lock.json: the site's own wheels by name, and all that Pyodide was built with by its address."""
    shipped = node_modules / "pyodide"
    version = json.loads((shipped / "package.json").read_text(encoding="utf-8"))["version"]
    lock = json.loads((target / "pyodide-lock.json").read_text(encoding="utf-8"))
    built = json.loads((shipped / "pyodide-lock.json").read_text(encoding="utf-8"))["packages"]
    elsewhere = PYODIDE_PACKAGES.format(version=version)
    for name, package in built.items():
        if package["package_type"] != "test" and not name.endswith("-tests"):
            lock["packages"].setdefault(name, {**package, "file_name": elsewhere + package["file_name"]})
    (target / "worker-lock.json").write_text(json.dumps(lock, sort_keys=True), encoding="utf-8")


def write_lock(node_modules: Path, target: Path) -> None:
    """Write pyodide-lock.json for exactly the wheels that lie in the target folder.

    Pyodide's own lock file gives the platform; its packages (on a content network) are left out.
    """
    shipped = node_modules / "pyodide"
    info = json.loads((shipped / "pyodide-lock.json").read_text(encoding="utf-8"))["info"]
    # Newer lock files leave the version out; the library still asks for it.
    info.setdefault("version", json.loads((shipped / "package.json").read_text(encoding="utf-8"))["version"])
    spec = PyodideLockSpec(info=InfoSpec(**info), packages={})
    spec = add_wheels_to_spec(spec, sorted(target.glob("*.whl")), base_path=target)
    spec.to_json(target / "pyodide-lock.json")


def boot_wheels(target: Path, package: str = "halt") -> list[str]:
    """List the wheels' file names that one package needs, itself included, by the lock file in the folder."""
    packages = json.loads((target / "pyodide-lock.json").read_text(encoding="utf-8"))["packages"]
    needed: dict[str, str] = {}
    waiting = [package]
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed[name] = packages[name]["file_name"]
            waiting += packages[name]["depends"]
    return list(needed.values())
