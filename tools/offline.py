"""Makes the service worker: which files it keeps, and by which hashes it knows them."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any

from jinja2 import Environment

from tools.cold_start import boot_files, late_files

WORKER = "service_worker.js"
# Google's own library for service workers, well kept: it fetches, checks, keeps and serves a list of files.
WORKBOX = ("core", "routing", "strategies", "precaching")
# The browser keeps these with the worker itself, or asks for them only when the app is installed.
_KEPT_ELSEWHERE = (WORKER, "workbox/")


def add_workbox(node_modules: Path, target: Path) -> None:
    """Copy the published builds of the parts that the worker uses, without their references to source maps."""
    target.mkdir()
    for part in WORKBOX:
        source = node_modules / f"workbox-{part}" / "build" / f"workbox-{part}.prod.js"
        text = source.read_text(encoding="utf-8")
        (target / f"{part}.js").write_text(text.partition("\n//# sourceMappingURL=")[0] + "\n", encoding="utf-8")


def write_page_and_worker(site: Path, templates: Environment, facts: dict[str, Any]) -> None:
    """Render the page, which knows the name of its build, and the worker, which knows every file of that build."""
    page = templates.get_template("index.html.j2")
    # The page itself belongs to what names the build, and it contains that name: so first without it.
    unnamed = page.render(**facts, build="")
    listing = "\n".join(f"{name} {_hash(site / name)}" for name in kept_files(site))
    build = hashlib.sha256(f"{unnamed}\0{listing}".encode()).hexdigest()[:16]
    (site / "index.html").write_text(page.render(**facts, build=build), encoding="utf-8")
    write_worker(site, templates, build)


def write_worker(site: Path, templates: Environment, build: str) -> None:
    """Write the worker for the files as they are now; ``build`` is the name that the page says of itself."""
    # The page by the address under which people open it, so that the browser's cache has it already.
    files = {"./": _hash(site / "index.html"), **{name: _hash(site / name) for name in kept_files(site)}}
    worker = templates.get_template(f"{WORKER}.j2").render(files=files, build=build, workbox=WORKBOX)
    (site / WORKER).write_text(worker, encoding="utf-8")


def kept_files(site: Path) -> list[str]:
    """List the files beside the page that the worker keeps: all that booting needs, and all that comes later."""
    return sorted(name for name in (*boot_files(site), *late_files(site)) if not name.startswith(_KEPT_ELSEWHERE))


def _hash(file: Path) -> str:
    """Give a file's SHA-256 in base64, as Subresource Integrity writes it."""
    return base64.b64encode(hashlib.sha256(file.read_bytes()).digest()).decode()
