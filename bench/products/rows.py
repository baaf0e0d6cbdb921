"""The rows of the table: what each number is called, how it is written, and which differences mean something."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bench.products.results import HALT, Results

NOTHING = "–"
"""What stands where nothing was measured."""
NOISE = 1.1
"""A ratio below this is no difference: so much do two runs of the same differ."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of numbers, less being better, or of words where there is no ``unit``.

    key: as in the trials. least: a difference that is smaller, in the row's unit, means nothing; where Halt's own
    number is smaller than that, ratios say nothing and none is written. never: what is written for a number that did
    not come to be. given: the word that has to be yes, as work that was not done costs little.
    """

    key: str
    label: str
    unit: str = ""
    least: float = 0.0
    never: str = "hangs"
    given: str = ""
    digits: int = 0

    def value(self, results: Results, product: str) -> float | None:
        """Give one product's median; infinite where it did not come to be."""
        if self.given and results.word(product, self.given) in ("no", "part"):
            return math.inf
        return results.number(product, self.key)

    def cell(self, results: Results, product: str) -> str:
        """Write one product's number, and how many times Halt's it is; or its word."""
        if not self.unit:
            return results.word(product, self.key) or NOTHING
        value = self.value(results, product)
        if value is None:
            return NOTHING
        written = self.number(value)
        halt = self.value(results, HALT)
        if product == HALT or halt is None or not math.isfinite(value) or not math.isfinite(halt) or halt <= self.least:
            return written
        return f"{written} (×{ratio(value / halt)})"

    def number(self, value: float) -> str:
        """Write a number with its unit."""
        if not math.isfinite(value):
            return self.never
        return f"{value:,.{self.digits}f} {self.unit}".strip()

    def behind(self, results: Results) -> list[str]:
        """Tell each product that does better than Halt here, by more than noise."""
        if not self.unit:
            order = ("no", "part", "yes")
            halt_word = results.word(HALT, self.key)
            if halt_word is None:
                return []
            better = [
                name
                for name in results.products
                if (word := results.word(name, self.key)) and order.index(word) > order.index(halt_word)
            ]
            return [
                f"{results.products[name].title}: {results.word(name, self.key)}, Halt: {halt_word}" for name in better
            ]
        halt = self.value(results, HALT)
        if halt is None:
            return []
        found = [(self.value(results, name), name) for name in results.products if name != HALT]
        return [
            f"{results.products[name].title}: {self.number(value)}, Halt: {self.number(halt)}"
            + (f" (×{ratio(halt / value)})" if value > self.least else "")
            for value, name in sorted((value, name) for value, name in found if value is not None)
            if halt - value > self.least and halt > value * NOISE
        ]


def ratio(value: float) -> str:
    """Write a ratio with two digits that count."""
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}" if value >= 1 else f"{value:.2f}"


STOPPED_LATE = "goes on"
LATE = "not in time"
WHOLE = "long_whole"
GROUPS: Sequence[tuple[str, Sequence[Row]]] = (
    (
        "Until a question can be sent",
        (
            Row("ready_cold_s", "first visit", "s", least=0.05, digits=2),
            Row("ready_warm_s", "later visit", "s", least=0.05, digits=2),
            Row("cold_mb", "first visit, over the wire", "MB", least=0.01, digits=2),
            Row("cold_requests", "first visit, requests", "requests", least=0.5),
            Row("warm_mb", "later visit, over the wire", "MB", least=0.01, digits=2),
            Row("cold_elsewhere", "of these to other hosts", "requests", least=0.5),
        ),
    ),
    (
        "Stop at 100 chunks a second",
        (
            Row("steady_screen_ms", "last change on the screen after", "ms", least=5),
            Row("steady_frozen_ms", "of that, once the press had reached the page", "ms", least=5),
            Row("steady_screen_characters", "characters added after Stop", "characters", least=0.5),
            Row("steady_provider_ms", "the provider sees it after", "ms", least=5, never=STOPPED_LATE),
            Row("steady_provider_chunks", "chunks sent after Stop", "chunks", least=1),
        ),
    ),
    (
        "Stop at full speed",
        (
            Row("flood_reached_ms", "the press reaches the page after", "ms", least=5),
            Row("flood_screen_ms", "last change on the screen after", "ms", least=5),
            Row("flood_frozen_ms", "of that, once the press had reached the page", "ms", least=5),
            Row("flood_screen_characters", "characters added after Stop", "characters", least=0.5),
            Row("flood_provider_ms", "the provider sees it after", "ms", least=5, never=STOPPED_LATE),
            Row("flood_provider_chunks", "chunks sent after Stop", "chunks", least=50),
        ),
    ),
    (
        "Stop before the first byte",
        (
            Row("silent_stop", "there is a Stop"),
            Row("silent_provider_ms", "the provider sees it after", "ms", least=5, never=STOPPED_LATE),
            Row("silent_next", "the next question can be sent"),
        ),
    ),
    (
        "What was there when it was stopped",
        (
            Row("steady_on_screen", "stays on the screen"),
            Row("in_next", "goes with the next question"),
            Row("after_reload", "is there after a reload"),
        ),
    ),
    (
        "A reply of 60,000 characters",
        (
            Row(WHOLE, "stands there whole"),
            Row("long_beyond_ms", "stands after the provider's last chunk by", "ms", 20, LATE, WHOLE),
            Row("long_main_ms", "main thread, in all", "ms", 20, LATE, WHOLE),
            Row("long_longest_ms", "longest task", "ms", 5, LATE, WHOLE),
            Row("long_last_to_first", "last quarter's main thread to the first's", "times", 0.1, LATE, WHOLE, 1),
            Row("long_heap_mb", "memory", "MB", 1, LATE, WHOLE),
        ),
    ),
)
"""All rows of the table, in groups."""
