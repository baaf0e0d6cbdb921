"""What can be said after `python build.py bench boot`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SUBJECTS = {
    "stock cold": "a stock PyScript page with the same packages, first visit",
    "stock warm": "the same, later visit",
    "Halt cold": "Halt, first visit: begins from the snapshot that comes with it",
    "Halt warm": "the same, later visit",
    "Halt standalone": "halt.html, opened from disk",
}
"""What is measured, and what each is."""


@dataclass(frozen=True, slots=True)
class Options:
    """How often and over which line is measured; ``mbit`` is in Mbit/s, ``None`` for the machine's own line."""

    runs: int = 10
    mbit: float | None = None
    latency_ms: float = 40
    markdown: bool = False
    json: Path | None = None


def parse(arguments: Sequence[str]) -> Options:
    """Read the options; exits with a sentence where one is wrong, or to show the help."""
    parser = argparse.ArgumentParser(
        prog="python build.py bench boot",
        description="Measure the time from navigation until Python answers, turn by turn; medians are printed.",
        epilog="\n".join(f"{name:16} {what}" for name, what in SUBJECTS.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--runs", type=int, default=10, metavar="N", help="how often (default: 10)")
    parser.add_argument("--mbit", type=float, metavar="N", help="over a line of N Mbit/s instead of the machine's own")
    parser.add_argument("--latency", type=float, default=40, metavar="MS", help="of that line (default: 40 ms)")
    parser.add_argument("--markdown", action="store_true", help="print tables to paste into a Markdown file")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all that was measured to a file")
    read = parser.parse_args(arguments)
    if read.runs < 1 or (read.mbit is not None and read.mbit <= 0) or read.latency < 0:
        parser.error("there is at least one run, and a line has some speed")
    return Options(read.runs, read.mbit, read.latency, read.markdown, read.json)
