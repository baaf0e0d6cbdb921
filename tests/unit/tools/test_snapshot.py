"""The snapshot of Python's memory: the same for everyone who builds the same site, and named by what is in it."""

from __future__ import annotations

import gzip
import hashlib
import shutil
from pathlib import Path

from tools.snapshot.maker import PROGRAM, write_snapshot


def copy(site: Path, target: Path) -> Path:
    """Copy what the snapshot is made of, but for the program."""
    shutil.copytree(site / "pyodide", target / "pyodide")
    return target


def test_it_is_the_same_in_another_folder_and_at_another_moment(site: Path, tmp_path: Path) -> None:
    (built,) = site.glob("snapshot-*.bin")
    again = copy(site, tmp_path / "a folder whose name is longer")
    assert write_snapshot(again) == built.name
    assert (again / built.name).read_bytes() == built.read_bytes()


def test_another_program_makes_another_of_another_name(site: Path, tmp_path: Path) -> None:
    (built,) = site.glob("snapshot-*.bin")
    other = copy(site, tmp_path / "other")
    program = tmp_path / "other.py"
    program.write_text(f"{PROGRAM.read_text('utf-8')}\nimport colorsys\n", "utf-8")
    name = write_snapshot(other, program)
    assert name != built.name
    content = gzip.decompress((other / name).read_bytes())
    assert name == f"snapshot-{hashlib.sha256(content).hexdigest()[:8]}.bin"
    assert b"colorsys" in content
