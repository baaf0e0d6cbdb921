"""Prints what was measured: one table a text, one line a renderer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median

from bench.options import Options
from bench.result import Result

NOTHING = "-"
"""What stands where a pass was not made."""

HEAD = (
    "renderer",
    "main thread, ms",
    "longest task, ms",
    "ms per 1,000 characters, by quarter",
    "at once, ms",
    "stands after, s",
    "nodes removed",
    "selection",
    "text",
)


def report(results: Sequence[Result], options: Options, characters: dict[str, int]) -> str:
    """Write all tables; ``characters`` is how long each text is, by name."""
    runs = f"Medians of {options.runs} runs" if options.runs > 1 else "One run"
    said = [
        f"A text of 60,000 characters comes in {options.rate.chunks:,} chunks in {options.rate.seconds:g} s. {runs}.\n"
        "Milliseconds are the main thread's processor time, seconds are by the clock."
    ]
    write = markdown if options.markdown else plain
    for document in options.documents:
        rows = [
            row(
                name, [one for one in results if (one.document, one.renderer) == (document, name)], characters[document]
            )
            for name in options.renderers
        ]
        said.append(f"{document}: {characters[document]:,} characters\n\n{write([HEAD, *rows])}")
    return "\n\n".join(said)


def row(renderer: str, results: Sequence[Result], characters: int) -> tuple[str, ...]:
    """Write one renderer's line for one text."""
    streamed, at_once, watched = (
        [one for one in results if one.kind == kind] for kind in ("streamed", "at-once", "watched")
    )
    return (
        renderer,
        _middle(streamed, lambda one: one.cost.total_ms if one.cost else None, "{:,.0f}"),
        _middle(streamed, lambda one: one.cost.longest_ms if one.cost else None, "{:,.0f}"),
        quarters(streamed, characters),
        _middle(at_once, lambda one: one.cost.total_ms if one.cost else None, "{:,.0f}"),
        _middle(at_once, lambda one: one.outcome.get("standsMs", one.outcome.get("limitMs", 0)) / 1000, "{:,.2f}"),
        _middle(watched, lambda one: one.outcome.get("removed"), "{:,.0f}"),
        selection(watched),
        text(results),
    )


def quarters(streamed: Sequence[Result], characters: int) -> str:
    """Write what 1,000 characters of each quarter cost, in ms."""
    costs = [one.cost.quarters_ms for one in streamed if one.cost and one.outcome.get("share") == 1]
    if not costs:
        return NOTHING
    return " ".join(f"{median(quarter) / (characters / 4_000):.1f}" for quarter in zip(*costs, strict=True))


def selection(watched: Sequence[Result]) -> str:
    """Tell whether what a reader had selected stayed selected, in all runs."""
    found = [one.outcome["survives"] for one in watched if one.outcome.get("survives") is not None]
    if not found:
        return NOTHING
    return "kept" if all(found) else "lost"


def text(results: Sequence[Result]) -> str:
    """Tell whether the text that stood in the end was the expected one, in all passes."""
    found = [one.outcome["difference"] for one in results if "difference" in one.outcome]
    if not found:
        return NOTHING
    wrong = [difference["at"] for difference in found if difference]
    return f"differs at {min(wrong):,}" if wrong else "exact"


def plain(rows: Sequence[Sequence[str]]) -> str:
    """Align a table for the terminal: the first column to the left, the others to the right."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if index else cell.ljust(width) for index, (cell, width) in enumerate(cells)
        ).rstrip()
        for cells in (list(zip(line, widths, strict=True)) for line in rows)
    )


def markdown(rows: Sequence[Sequence[str]]) -> str:
    """Write a table in Markdown."""
    head, *body = [f"| {' | '.join(cells)} |" for cells in rows]
    return "\n".join([head, "|:--|" + "--:|" * (len(rows[0]) - 1), *body])


def _middle(results: Sequence[Result], value: Callable[[Result], float | None], form: str) -> str:
    """Write the median of the passes; where the limit was reached, say that it is more, and how far they came."""
    if any("failed" in one.outcome for one in results):
        return "failed"
    found = [number for one in results if (number := value(one)) is not None]
    if not found:
        return NOTHING
    share = min(float(one.outcome["share"]) for one in results)
    written = form.format(median(found))
    return written if share == 1 else f">{written} (at {int(100 * share)}%)"
