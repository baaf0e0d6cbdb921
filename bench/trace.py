"""What a pass cost, read from Chromium's trace: the tasks of the page's main thread between two marks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from bench.result import Cost
from tools.errors import ProgramError

CATEGORIES = ["toplevel", "blink.user_timing"]
"""The fewest that hold all tasks of a thread and the marks that the page sets."""

TASK = "ThreadControllerImpl::RunTask"
BEGIN, END = "bench begin", "bench end"
QUARTERS = tuple(f"bench quarter {number}" for number in (1, 2, 3))


def read_cost(trace: bytes, quarters_ms: Sequence[float] | None = None) -> Cost:
    """Read a trace in Chromium's JSON format (times in µs; ``tdur`` is a thread's own time).

    quarters_ms: where the quarters end, in ms after the first mark; without it the page has set marks for them.
    Raises ProgramError where marks are missing: the trace is not whole.
    """
    events = json.loads(trace)["traceEvents"]
    marks = {event["name"]: event for event in events if event["name"].startswith("bench ")}
    if BEGIN not in marks or END not in marks:
        raise ProgramError("Chromium's trace of a pass is not whole. Try again with fewer chunks (--quick).")
    begin, end = marks[BEGIN], marks[END]
    thread = (begin["pid"], begin["tid"])
    tasks = [
        event
        for event in events
        if event["name"] == TASK
        and "tdur" in event  # not so a task that the trace's own end cut off
        and (event["pid"], event["tid"]) == thread
        and begin["ts"] <= event["ts"] + event["dur"]
        and event["ts"] <= end["ts"]
    ]
    if quarters_ms is None:
        inner = [marks[name]["ts"] for name in QUARTERS if name in marks]
    else:
        inner = [begin["ts"] + 1000 * moment for moment in quarters_ms]
    edges = [begin["ts"], *inner, end["ts"]]
    quarters = [0.0] * (len(edges) - 1)
    for task in tasks:
        for index, (start, stop) in enumerate(pairwise(edges)):
            quarters[index] += _share(task, start, stop)
    return Cost(
        total_ms=sum(quarters) / 1000,
        longest_ms=max((task["tdur"] for task in tasks), default=0) / 1000,
        longest_clock_ms=max((task["dur"] for task in tasks), default=0) / 1000,
        tasks=len(tasks),
        quarters_ms=tuple(quarter / 1000 for quarter in quarters),
    )


def _share(task: dict[str, Any], start: float, stop: float) -> float:
    """Tell how much of a task's own time falls between two moments; a task over an edge is split by the clock."""
    inside = min(task["ts"] + task["dur"], stop) - max(task["ts"], start)
    if inside <= 0:
        return 0.0
    return float(task["tdur"] * inside / task["dur"])
