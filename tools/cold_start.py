"""What a cold start downloads: which files, how early the browser learns of them, and what they weigh over the wire."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

RUNTIME_MODULE = "runtime.mjs"
# Scripts that the page loads only when it needs them.
LATE_SCRIPTS = {"math.mjs", "python_worker.mjs", "service_worker.js"}
# These are packed in themselves; a host that compresses leaves them as they are, and so do we in our sums.
PACKED = {".png", ".woff2", ".zip", ".whl", ".bin"}
# Nobody asks for these: they are for people, for hosts, or for the service worker's own start.
NOT_DOWNLOADED = ("licenses/", ".nojekyll")

BUDGET_REQUESTS = 17
"""The most requests that a cold start may make, the page's own among them."""
BUDGET_BYTES = 9_500_000
"""The most that a cold start may weigh over the wire, in bytes, compressed as a static host does."""


@dataclass(frozen=True)
class Weight:
    """What some files weigh: how many they are, their bytes as they are, and their bytes over the wire."""

    files: int
    raw: int
    wire: int

    def __str__(self) -> str:
        """Say it in a person's units."""
        return f"{self.files} requests, {self.wire / 1e6:.2f} MB over the wire ({self.raw / 1e6:.2f} MB unpacked)"


def boot_modules(site: Path) -> list[str]:
    """List the modules that the page names, so that none is found only when another has come."""
    return [
        *("start.mjs", "streams.mjs", "snapshot.mjs", "idb.js"),
        *sorted(path.relative_to(site).as_posix() for path in site.glob("pyscript/*.js")),
        *(f"pyodide/{name}" for name in (RUNTIME_MODULE, "pyodide.mjs", "pyodide.asm.mjs")),
    ]


def boot_files(site: Path) -> list[str]:
    """List the files that are downloaded before Python can answer, as paths in the site; the page itself is none."""
    plain = ("early.js", "snapshot_worker.js", "pyodide/pyodide.asm.wasm")
    found = [path for pattern in ("*.mjs", "style-*.css", "snapshot-*.bin") for path in site.glob(pattern)]
    return sorted(
        {
            *boot_modules(site),
            *plain,
            *(path.name for path in found if path.name not in LATE_SCRIPTS),
        }
    )


def late_files(site: Path) -> list[str]:
    """List what comes later, with the first formula or in the background, as paths in the site."""
    boot = {*boot_files(site), "index.html"}
    names = (path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file())
    return sorted(name for name in names if name not in boot and not name.startswith(NOT_DOWNLOADED))


def weigh(site: Path, names: Iterable[str]) -> Weight:
    """Weigh files of the site, compressed by gzip as GitHub Pages sends them."""
    files = [site / name for name in names]
    contents = [(path.suffix in PACKED, path.read_bytes()) for path in files]
    wire = sum(len(content if packed else gzip.compress(content, 6, mtime=0)) for packed, content in contents)
    return Weight(len(files), sum(len(content) for _, content in contents), wire)


def report(site: Path) -> str:
    """Say what a cold start weighs and what comes after it, in two lines."""
    cold = weigh(site, ["index.html", *boot_files(site)])
    later = weigh(site, late_files(site))
    return f"Cold start: {cold}\nLater:      {later}"
