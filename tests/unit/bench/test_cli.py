"""The bench's command line, begun as a person begins it: in a process that knows of no test's settings."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tools.places import ROOT


@pytest.mark.parametrize("name", ["products", "boot", "render"])
def test_each_measurement_tells_its_options(name: str) -> None:
    told = subprocess.run(
        [sys.executable, "build.py", "bench", name, "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert told.stdout.startswith(f"usage: python build.py bench {name}"), told.stderr
    assert told.returncode == 0
