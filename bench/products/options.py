"""What can be said after `python build.py bench products`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.options import Names, positive
from bench.products.registry import PRODUCTS
from bench.products.trials import TRIALS

RUNS = 5


@dataclass(frozen=True, slots=True)
class Options:
    """What is to be measured, and where it goes.

    write: write docs/benchmarks.md with its charts and numbers. source: numbers of before, of which it is written
    again without measuring. begun: numbers of a measurement that was broken off, to which the missing runs are added.
    again: numbers of which these trials are measured anew, of all products. json: a file for the numbers.
    """

    products: tuple[str, ...] = tuple(PRODUCTS)
    trials: tuple[str, ...] = tuple(TRIALS)
    runs: int = RUNS
    quick: bool = False
    write: bool = False
    source: Path | None = None
    begun: Path | None = None
    again: Path | None = None
    json: Path | None = None


def parse(arguments: Sequence[str]) -> Options:
    """Read the options; leaves with a message where one is wrong."""
    parser = argparse.ArgumentParser(
        prog="python build.py bench products",
        description="Measure Halt beside what people would use instead, turn by turn. See bench/README.md.",
        epilog=f"Products: {', '.join(PRODUCTS)}. Trials: {', '.join(TRIALS)}.",
    )
    add = parser.add_argument
    add("--only", type=Names(PRODUCTS), default=tuple(PRODUCTS), metavar="A,B", help="products (default: all)")
    add("--trials", type=Names(TRIALS), default=tuple(TRIALS), metavar="A,B", help="trials (default: all)")
    add("--runs", type=positive, metavar="N", help=f"how often all is measured (default: {RUNS}; with --quick 1)")
    add("--quick", action="store_true", help="one run, and the long reply in 5 s instead of 25 s")
    add("--write", action="store_true", help="write docs/benchmarks.md, its charts and its numbers")
    add("--from", dest="source", type=Path, metavar="FILE", help="report the numbers of a file, and measure nothing")
    add(
        "--go-on",
        dest="begun",
        type=Path,
        metavar="FILE",
        help="add the runs that are missing in a file to its numbers",
    )
    add("--again", type=Path, metavar="FILE", help="measure trials of a file's numbers anew, for all products")
    add("--json", type=Path, metavar="FILE", help="write the numbers to a file")
    read = parser.parse_args(arguments)
    if read.again and (read.only != tuple(PRODUCTS) or read.begun or read.source):
        parser.error("--again measures all products, or their numbers could not be compared; it goes with --trials.")
    return Options(
        products=read.only,
        trials=read.trials,
        runs=read.runs or (1 if read.quick else RUNS),
        quick=read.quick,
        write=read.write,
        source=read.source,
        begun=read.begun,
        again=read.again,
        json=read.json,
    )
