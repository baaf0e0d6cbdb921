"""Reading Chromium's trace: the page's main thread, between the marks, by its own time."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bench.trace import BEGIN, END, QUARTERS, TASK, read_cost
from tools.errors import ProgramError

MAIN = {"pid": 7, "tid": 7}


def mark(name: str, at_ms: float) -> dict[str, Any]:
    return {"name": name, "ph": "I", "ts": at_ms * 1000, **MAIN}


def task(at_ms: float, clock_ms: float, own_ms: float, **where: Any) -> dict[str, Any]:
    return {"name": TASK, "ph": "X", "ts": at_ms * 1000, "dur": clock_ms * 1000, "tdur": own_ms * 1000, **MAIN, **where}


def trace(*events: dict[str, Any]) -> bytes:
    return json.dumps({"traceEvents": events}).encode()


MARKS = [
    mark(BEGIN, 100),
    *(mark(name, at) for name, at in zip(QUARTERS, (200, 300, 400), strict=True)),
    mark(END, 500),
]


def test_only_the_main_threads_tasks_between_the_marks_count() -> None:
    cost = read_cost(
        trace(
            *MARKS,
            task(10, 50, 50),  # before
            task(110, 20, 10),
            task(210, 60, 30),
            task(310, 5, 5),
            task(410, 5, 4, tid=8),  # another thread
            task(410, 5, 4, pid=8),
            {"name": "Other", "ts": 410_000, "dur": 9_000, "tdur": 9_000, **MAIN},
            task(510, 50, 50),  # after
        )
    )
    assert cost.total_ms == pytest.approx(45)
    assert cost.quarters_ms == pytest.approx((10, 30, 5, 0))
    assert (cost.longest_ms, cost.longest_clock_ms, cost.tasks) == (30, 60, 3)


def test_a_task_over_an_edge_is_shared_out() -> None:
    cost = read_cost(trace(*MARKS, task(90, 20, 10), task(180, 40, 40), task(490, 40, 20)))
    assert cost.quarters_ms == pytest.approx((5 + 20, 20, 0, 5))


def test_a_task_that_the_end_of_the_trace_cut_off_is_left_out() -> None:
    cut = {"name": TASK, "ph": "B", "ts": 450_000, **MAIN}
    assert read_cost(trace(*MARKS, cut)).total_ms == 0


def test_a_trace_that_is_not_whole_is_said() -> None:
    with pytest.raises(ProgramError, match="not whole"):
        read_cost(trace(mark(BEGIN, 1), task(2, 1, 1)))
