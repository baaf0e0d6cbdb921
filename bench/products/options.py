"""What can be said after `python build.py bench products`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.products.registry import PRODUCTS
from bench.products.trials import TRIALS

RUNS = 5


@dataclass(frozen=True, slots=True)
class Options:
    """What is to be measured, and where it goes.

    write: write docs/benchmarks.md with its charts and numbers. source: numbers of before, of which it is written
    again without measuring. json: a file for the numbers.
    """

    products: tuple[str, ...] = tuple(PRODUCTS)
    trials: tuple[str, ...] = tuple(TRIALS)
    runs: int = RUNS
    quick: bool = False
    write: bool = False
    source: Path | None = None
    json: Path | None = None


def parse(arguments: Sequence[str]) -> Options:
    """Read the options; leaves with a message where one is wrong."""
    parser = argparse.ArgumentParser(
        prog="python build.py bench products",
        description="Measure Halt beside what people would use instead, turn by turn. See bench/README.md.",
        epilog=f"Products: {', '.join(PRODUCTS)}. Trials: {', '.join(TRIALS)}.",
    )
    parser.add_argument("--only", default=",".join(PRODUCTS), help="products, with commas between them (default: all)")
    parser.add_argument("--trials", default=",".join(TRIALS), help="trials, with commas between them (default: all)")
    parser.add_argument("--runs", type=int, help=f"how often all is measured (default: {RUNS}; with --quick 1)")
    parser.add_argument("--quick", action="store_true", help="one run, and the long reply in 5 s instead of 25 s")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md, its charts and its numbers")
    parser.add_argument("--from", dest="source", type=Path, help="a file of numbers: report them, measure nothing")
    parser.add_argument("--json", type=Path, help="write the numbers to this file")
    found = parser.parse_args(arguments)
    for known, given in ((PRODUCTS, found.only), (TRIALS, found.trials)):
        if unknown := [name for name in given.split(",") if name not in known]:
            parser.error(f"{', '.join(unknown)}: unknown. There are: {', '.join(known)}.")
    runs = found.runs or (1 if found.quick else RUNS)
    if runs < 1:
        parser.error("--runs has to be 1 or more.")
    products = tuple(name for name in PRODUCTS if name in found.only.split(","))
    trials = tuple(name for name in TRIALS if name in found.trials.split(","))
    return Options(products, trials, runs, found.quick, found.write, found.source, found.json)
