"""Prints how long each page took, beside the stock page, and what the steps of a start cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median

from bench.boot.options import Options
from bench.table import NOTHING, markdown, plain

HEAD = ("page", "composer, ms", "ready, ms", "of the stock page", "range, ms", *(f"{name}, %" for name in (
    "page", "Python", "packages", "start"
)))  # fmt: skip
# Where each step of the table begins; it ends where the next one that took place begins.
STEPS = {"page": "", "Python": "runtime", "packages": "packages", "start": "start"}


def report(found: Mapping[str, Sequence[Mapping[str, float]]], options: Options) -> str:
    """Write the table; each page is compared with the stock page's visit of its kind (moments in ms)."""
    middle = {name: median(visit["ready"] for visit in visits) for name, visits in found.items()}
    rows = [HEAD]
    for name, visits in found.items():
        beside = "stock cold" if name.endswith("cold") else "stock warm"
        ready = [visit["ready"] for visit in visits]
        rows.append(
            (
                name,
                f"{median(visit['composer'] for visit in visits):,.0f}",
                f"{middle[name]:,.0f}",
                f"{middle[name] / middle[beside]:.2f}",
                f"{min(ready):,.0f} to {max(ready):,.0f}",
                *shares(visits),
            )
        )
    line = f"a line of {options.mbit:g} Mbit/s and {options.latency_ms:g} ms" if options.mbit else "the machine's own"
    runs = f"{options.runs} visits each" if options.runs > 1 else "one visit each"
    table = markdown(rows) if options.markdown else plain(rows)
    return f"Medians of {runs}, turn by turn, over {line}.\n\n{table}"


def shares(visits: Sequence[Mapping[str, float]]) -> list[str]:
    """Write how much of the time until a page is ready each step took, in per cent; nothing for a stock page."""
    if any("runtime" not in visit for visit in visits):
        return [NOTHING] * len(STEPS)
    found: dict[str, list[float]] = {name: [] for name in STEPS}
    for visit in visits:
        begun = {name: visit.get(moment, 0.0) for name, moment in STEPS.items() if not moment or moment in visit}
        ends = [*list(begun.values())[1:], visit["ready"]]
        for (name, start), end in zip(begun.items(), ends, strict=True):
            found[name].append((end - start) / visit["ready"])
    return [f"{100 * median(of):.0f}" if of else NOTHING for of in found.values()]
