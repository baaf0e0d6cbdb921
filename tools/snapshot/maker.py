"""Puts the snapshot of Python's memory into the site that is being built."""

from __future__ import annotations

import gzip
import hashlib
import tempfile
from pathlib import Path

from tools.npm import find_node
from tools.places import APP
from tools.programs import run

SCRIPT = Path(__file__).with_name("make.mjs")
PROGRAM = APP / "main.py"


def write_snapshot(site: Path, program: Path = PROGRAM) -> str:
    """Run the site's Python in Node, import what a program does, and keep its memory in a file; give that file's name.

    The same site gives the same bytes. The name tells what is in it, so no page gets the snapshot of another build.
    Raises ProgramError where Python does not start or an import fails.
    """
    with tempfile.TemporaryDirectory(dir=site.parent, prefix="snapshot-") as folder:
        made = Path(folder) / "snapshot"
        run([find_node(), SCRIPT, site, program, made], "Making the snapshot of Python's memory")
        memory = made.read_bytes()
    name = f"snapshot-{hashlib.sha256(memory).hexdigest()[:8]}.bin"
    (site / name).write_bytes(gzip.compress(memory, 9, mtime=0))
    return name
