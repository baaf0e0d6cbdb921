"""Builds the static site: everything is made in a folder beside `dist/`, which is then swapped in whole."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import tempfile
import tomllib
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tools import licenses, offline, runtime
from tools.cold_start import RUNTIME_MODULE, boot_files, boot_modules
from tools.exclusive import exclusive
from tools.highlighter import HIGHLIGHT_MODULE, add_highlighter
from tools.katex import add_katex
from tools.npm import fetch_packages
from tools.places import APP, CACHE, DIST, PUBLIC, site_inputs, stamped
from tools.policy import POLICY
from tools.progress import step
from tools.snapshot.maker import write_snapshot
from tools.wheels import build_application_wheel, fetch_wheels

VERSION_FILE = APP / "halt" / "__init__.py"
# The page has one stylesheet, made of these in this order: later ones rely on what earlier ones say.
STYLES = (
    *("base", "page", "reply", "code", "embeds", "footnotes"),
    *("math", "queue", "files", "list", "settings", "profiles"),
)


def build_site(target: Path = DIST, cache: Path = CACHE) -> None:
    """Bring the site up to date; does nothing where no input has changed since it was built.

    `cache` is for stamps and half-made things, on the target's file system.
    Raises BuildError where a download fails; the site of before is then still there, whole.
    """
    with exclusive(cache / "lock"):
        wanted = site_inputs()
        stamp = cache / f"{target.name}-stamp"  # for dist/ the one that `package_hook` looks at
        if stamped(stamp, wanted) and (target / "index.html").exists():
            return
        node_modules = fetch_packages()
        wheels = fetch_wheels()
        with step("Building the site"):
            for left in cache.glob("site-*"):
                shutil.rmtree(left)  # of a build that was killed
            made = Path(tempfile.mkdtemp(dir=cache, prefix="site-"))
            try:
                assemble(made / "site", node_modules, wheels)
                swap(made / "site", target, made / "old")
            finally:
                shutil.rmtree(made)
        stamp.write_text(wanted, encoding="utf-8")


def assemble(site: Path, node_modules: Path, wheels: Path) -> None:
    """Write a whole site into a new folder."""
    elsewhere = ("*.j2", "*.css", ".*", "__pycache__", RUNTIME_MODULE, HIGHLIGHT_MODULE)
    shutil.copytree(PUBLIC, site, ignore=shutil.ignore_patterns(*elsewhere))
    style = add_style(site)
    pyodide = site / "pyodide"
    pyodide.mkdir()
    shutil.copyfile(PUBLIC / RUNTIME_MODULE, pyodide / RUNTIME_MODULE)
    runtime.add_pyodide(node_modules, pyodide)
    runtime.add_pyscript(node_modules, site / "pyscript")
    # A wrapper that makes promises of IndexedDB's events: by a maintainer of browsers, 1 KB over the wire.
    shutil.copyfile(node_modules / "idb" / "build" / "index.js", site / "idb.js")
    add_highlighter(node_modules, site / "code")
    add_katex(node_modules, site / "katex")
    for wheel in wheels.glob("*.whl"):
        shutil.copyfile(wheel, pyodide / wheel.name)
    build_application_wheel(pyodide)
    runtime.write_lock(node_modules, pyodide)
    runtime.write_worker_lock(node_modules, pyodide)
    snapshot = write_snapshot(site)
    licenses.gather(node_modules, wheels, site / "licenses")
    # Static hosts that run Jekyll would otherwise leave out names with an underscore.
    (site / ".nojekyll").touch()
    icon = (PUBLIC / "icon.svg").read_text(encoding="utf-8").strip()
    facts = {
        "version": version(),
        "policy": POLICY,
        "pyscript": pyscript_settings(),
        "style": style,
        "boot_bytes": sum((site / name).stat().st_size for name in boot_files(site)),
        "modules": boot_modules(site),
        "snapshot": snapshot,
        "packages": " ".join(runtime.boot_wheels(site / "pyodide")),
        "lock": (pyodide / "pyodide-lock.json").read_text(encoding="utf-8"),
        "program": (APP / "main.py").read_text(encoding="utf-8"),
        "icon": icon,
        "icon_address": f"data:image/svg+xml;base64,{base64.b64encode(icon.encode()).decode()}",
    }
    offline.add_workbox(node_modules, site / "workbox")
    offline.write_page_and_worker(site, templates(), facts)


def templates() -> Environment:
    """Give what renders public/*.j2; a name that a template has and we don't give is an error."""
    return Environment(
        loader=FileSystemLoader(PUBLIC),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def add_style(site: Path) -> str:
    """Join the stylesheets into one, whose name tells what is in it; give that name."""
    joined = "\n".join((PUBLIC / f"{name}.css").read_text(encoding="utf-8") for name in STYLES)
    name = f"style-{hashlib.sha256(joined.encode()).hexdigest()[:8]}.css"
    (site / name).write_text(joined, encoding="utf-8", newline="\n")
    return name


def pyscript_settings() -> str:
    """Give PyScript's settings as JSON, for the page itself: so it fetches neither them nor what reads TOML."""
    return json.dumps(tomllib.loads((APP / "pyscript.toml").read_text(encoding="utf-8")))


def version() -> str:
    """Give the application's version, from its package."""
    found = re.search(r'^__version__ = "([^"]+)"$', VERSION_FILE.read_text(encoding="utf-8"), re.MULTILINE)
    if not found:
        raise ValueError(f"{VERSION_FILE} says no __version__")
    return found[1]


def swap(fresh: Path, target: Path, old: Path) -> None:
    """Put the fresh folder in the target's place; at no time is there half a site."""
    if target.exists():
        target.rename(old)
    fresh.rename(target)
