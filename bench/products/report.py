"""Writes what was measured: a table for the terminal, and docs/benchmarks.md with its charts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bench.options import QUICK, Rate
from bench.products.chart import Bar, chart
from bench.products.results import Results, in_order
from bench.products.rows import GROUPS, Row
from bench.table import plain

CHARTS = {
    "benchmarks-stop": ("Stop at full speed: last change on the screen after", "flood_screen_ms"),
    "benchmarks-long": ("60,000 characters: the page's main thread is busy for", "long_main_ms"),
    "benchmarks-ready": ("First visit: a question can be sent after", "ready_cold_s"),
}
"""Each chart's file, title and row."""


def terminal(results: Results) -> str:
    """Write the table for the terminal."""
    names = in_order(results)
    rows = [("", *(results.products[name].title for name in names))]
    for title, group in GROUPS:
        rows.append((title, *("" for _ in names)))
        rows += [(f"  {row.label}", *(row.cell(results, name) for name in names)) for row in group]
    notes = [f"{title}: {said}" for title, said in remarks(results)]
    return "\n".join([plain(rows), "", *notes])


def remarks(results: Results) -> Iterator[tuple[str, str]]:
    """Yield what could not be measured: the product's title, and what happened."""
    for name, about in results.products.items():
        if about.missing:
            yield about.title, about.missing
        for said in results.failures(name):
            yield about.title, said


def behind(results: Results) -> list[tuple[str, list[str]]]:
    """Give each row in which somebody does better than Halt, with who it is and by how much."""
    found = [(f"{title}: {row.label}", row.behind(results)) for title, group in GROUPS for row in group]
    return [(label, better) for label, better in found if better]


def row_of(key: str) -> Row:
    """Find a row by its key."""
    return next(row for _, group in GROUPS for row in group if row.key == key)


def write(results: Results, folder: Path) -> None:
    """Write benchmarks.md into a folder, and its charts into the folder pictures beside it."""
    names = in_order(results)
    pictures = folder / "pictures"
    pictures.mkdir(parents=True, exist_ok=True)
    for file, (title, key) in CHARTS.items():
        row = row_of(key)
        bars = [
            Bar(results.products[name].title, value, row.number(value))
            for name in names
            if (value := row.value(results, name)) is not None
        ]
        (pictures / f"{file}.svg").write_text(chart(title, bars), encoding="utf-8")
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=False,  # noqa: S701 - it writes Markdown of our own numbers
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    text = templates.get_template("benchmarks.md.j2").render(
        results=results,
        names=names,
        groups=GROUPS,
        behind=behind(results),
        remarks=list(remarks(results)),
        rate=QUICK if results.quick else Rate(),
        charts=CHARTS,
    )
    (folder / "benchmarks.md").write_text(text, encoding="utf-8")
