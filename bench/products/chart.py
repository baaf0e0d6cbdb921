"""Draws a chart of bars as SVG that can be read on a light and on a dark page."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, LABELS, NUMBERS = 720, 190, 130
TOP, LINE, BAR = 44, 30, 18

STYLE = """\
text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #1f2328; }
.title { font-weight: 600; font-size: 14px; }
.number { font-variant-numeric: tabular-nums; }
rect { fill: #8c959f; }
.first { fill: #c2410c; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; }
  rect { fill: #6e7681; }
  .first { fill: #fb923c; }
}"""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its label, how long it is, and what is written behind it; an infinite one fills its line."""

    label: str
    value: float
    written: str


def chart(title: str, bars: Sequence[Bar]) -> str:
    """Draw bars from the left, the first one in Halt's colour; all of one scale, which begins at 0."""
    height = TOP + LINE * len(bars) + 8
    room = WIDTH - LABELS - NUMBERS
    longest = max((bar.value for bar in bars if math.isfinite(bar.value)), default=0) or 1
    told = "; ".join(f"{bar.label}: {bar.written}" for bar in bars)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        f"<title>{escape(title)}</title>",
        f"<desc>{escape(told)}</desc>",
        f"<style>\n{STYLE}\n</style>",
        f'<text class="title" x="0" y="20">{escape(title)}</text>',
    ]
    for index, bar in enumerate(bars):
        top = TOP + LINE * index
        share = min(bar.value / longest, 1)
        length = max(share * room, 1)
        kind = ' class="first"' if index == 0 else ""
        base = top + BAR - 4
        lines += [
            f'<text x="{LABELS - 10}" y="{base}" text-anchor="end">{escape(bar.label)}</text>',
            f'<rect{kind} x="{LABELS}" y="{top}" width="{length:.1f}" height="{BAR}" rx="2"/>',
            f'<text class="number" x="{LABELS + length + 8:.1f}" y="{base}">{escape(bar.written)}</text>',
        ]
    return "\n".join([*lines, "</svg>"]) + "\n"
