"""Builds the static site: everything is made in a folder beside `dist/`, which is then swapped in whole."""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tools import licenses, runtime
from tools.exclusive import exclusive
from tools.highlighter import HIGHLIGHT_MODULE, add_highlighter
from tools.katex import add_katex
from tools.npm import fetch_packages
from tools.places import APP, CACHE, DIST, PUBLIC, site_inputs, stamped
from tools.policy import POLICY
from tools.progress import step
from tools.wheels import build_application_wheel, fetch_wheels

VERSION_FILE = APP / "halt" / "__init__.py"
RUNTIME_MODULE = "runtime.mjs"
# Scripts that the page loads only when it needs them.
LATE_MODULES = {"math.mjs", "python_worker.mjs", "snapshot_worker.mjs"}


@dataclass(frozen=True)
class Preload:
    """One <link> that lets the browser fetch early what booting needs.

    href: relative to the page; rel: "modulepreload" or "preload"; as_: the link's "as", empty for modules.
    """

    href: str
    rel: str
    as_: str = ""


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
    elsewhere = ("*.j2", ".*", "__pycache__", RUNTIME_MODULE, HIGHLIGHT_MODULE)
    shutil.copytree(PUBLIC, site, ignore=shutil.ignore_patterns(*elsewhere))
    for name in ("main.py", "pyscript.toml"):
        shutil.copyfile(APP / name, site / name)
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
    licenses.gather(node_modules, wheels, site / "licenses")
    # Static hosts that run Jekyll would otherwise leave out names with an underscore.
    (site / ".nojekyll").touch()
    (site / "index.html").write_text(render(site), encoding="utf-8")


def render(site: Path) -> str:
    """Render the page from its template; a name that the template has and we don't give is an error."""
    templates = Environment(
        loader=FileSystemLoader(PUBLIC),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return templates.get_template("index.html.j2").render(
        version=version(),
        policy=POLICY,
        build=build_of(site),
        boot_bytes=sum((site / name).stat().st_size for name in boot_files(site)),
        modules=preloads(site),
    )


def version() -> str:
    """Give the application's version, from its package."""
    found = re.search(r'^__version__ = "([^"]+)"$', VERSION_FILE.read_text(encoding="utf-8"), re.MULTILINE)
    if not found:
        raise ValueError(f"{VERSION_FILE} says no __version__")
    return found[1]


def preloads(site: Path) -> list[Preload]:
    """List what the browser can fetch at once, instead of finding it one module after the other."""
    core = next((site / "pyscript").glob("core-*.js")).name
    scripts = (
        "streams.mjs",
        "snapshot.mjs",
        "idb.js",
        "pyscript/core.js",
        f"pyscript/{core}",
        *(f"pyodide/{name}" for name in (RUNTIME_MODULE, "pyodide.mjs", "pyodide.asm.mjs")),
    )
    return [
        *(Preload(name, "modulepreload") for name in scripts),
        *(Preload(f"pyodide/{name}", "preload", "fetch") for name in ("pyodide.asm.wasm", "python_stdlib.zip")),
    ]


def boot_files(site: Path) -> list[str]:
    """List the files that are downloaded before Python can answer, as paths in the site."""
    scripts = [site / "looks.js", *site.glob("*.mjs"), *site.glob("*.css"), *site.glob("pyscript/*.js")]
    return sorted(
        {
            *("main.py", "pyscript.toml", "pyodide/pyodide-lock.json"),
            *(link.href for link in preloads(site)),
            *(f"pyodide/{name}" for name in runtime.boot_wheels(site / "pyodide")),
            *(path.relative_to(site).as_posix() for path in scripts if path.name not in LATE_MODULES),
        }
    )


def build_of(site: Path) -> str:
    """Name what the page boots, so that a snapshot of one build is never used by another."""
    total = hashlib.sha256()
    for name in boot_files(site):
        total.update(f"{name}\0".encode())
        total.update((site / name).read_bytes())
    return total.hexdigest()[:16]


def swap(fresh: Path, target: Path, old: Path) -> None:
    """Put the fresh folder in the target's place; at no time is there half a site."""
    if target.exists():
        target.rename(old)
    fresh.rename(target)
