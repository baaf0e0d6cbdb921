"""Measures all products turn by turn, and reports."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

from playwright.sync_api import sync_playwright

from bench.products.browser import launched
from bench.products.machine import describe
from bench.products.options import Options
from bench.products.product import Product
from bench.products.provider import ProviderProcess, providing
from bench.products.registry import PRODUCTS
from bench.products.report import terminal, write
from bench.products.results import About, Results, load, save
from bench.products.trials import Found, Start, attempt
from bench.turns import in_turn
from tools.bootstrap import say
from tools.chromium import chromium
from tools.errors import BuildError, ProgramError
from tools.places import ROOT
from tools.progress import step

LAUNCH_S = 60.0
NUMBERS = ROOT / "docs" / "benchmarks.json"


def products(options: Options) -> None:
    """Measure, or read what was measured, and print it; write what is to be written."""
    results = load(options.source) if options.source else measure(options)
    if options.json:
        save(results, options.json)
    if options.write:
        save(results, NUMBERS)
        write(results, ROOT / "docs")
    print(terminal(results))


def measure(options: Options) -> Results:
    """Bring all products here and measure them; one that can't be brought is told as such."""
    path = chromium()  # looking for one runs a Playwright of its own
    today = datetime.now(UTC).date().isoformat()
    before = options.begun or options.again
    results = load(before) if before else Results(began=today, quick=options.quick, machine=describe())
    if results.quick != options.quick:
        raise ProgramError(
            f"The numbers in {before} were measured {'in' if results.quick else 'without'} the quick form."
        )
    runs = range(results.count) if options.again else range(results.count, options.runs)
    ready: dict[str, Product] = {}
    for name in options.products:
        product = PRODUCTS[name]()
        results.products[name] = About(product.title, product.what, product.packages)
        try:
            product.prepare()
        except BuildError as error:
            say(f"{product.title} can't be measured: {error}")
            results.products[name].missing = str(error).splitlines()[0]
        else:
            ready[name] = product
    with providing() as provider, sync_playwright() as playwright:
        with launched(playwright, path, LAUNCH_S) as browser:
            results.machine["Chromium"] = browser.version
        for run in runs:
            for name in in_turn(list(ready), run):
                trials = [trial for trial in options.trials if not results.settled(name, trial, options.runs)]
                found = visit(partial(launched, playwright, path), ready[name], provider, options, run, trials)
                if options.again:
                    results.renew(name, run, found)
                else:
                    results.runs.setdefault(name, []).append(found)
            if options.json and not options.again:  # an hour of measuring is not lost with its last run
                save(results, options.json)
    if options.again:
        results.renewed |= dict.fromkeys(options.trials, today)
    return results


def visit(
    start: Start, product: Product, provider: ProviderProcess, options: Options, run: int, trials: Sequence[str]
) -> Found:
    """Measure one product once: each trial with a server and a browser of its own, so that none pays for another."""
    found: Found = {}
    for name in trials:
        with step(f"Run {run + 1} of {options.runs}: {product.name}, {name}"):
            try:
                with product.serving(provider.url) as url:
                    found |= attempt(start, product, url, provider, name, quick=options.quick)
            except BuildError as error:
                found[f"failed_{name}"] = str(error).splitlines()[0]
    return found
