"""The bench's tables: each number in its place, and nothing that was not measured."""

from __future__ import annotations

from typing import Any

from bench.options import Options
from bench.result import Cost, Result
from bench.table import markdown, plain, report


def passed(kind: str, total_ms: float = 0, run: int = 0, **outcome: Any) -> Result:
    """A pass of a text of 4,000 characters through Halt."""
    cost = Cost(total_ms, total_ms / 10, total_ms / 5, 7, (total_ms / 4,) * 4) if total_ms else None
    return Result("halt", "mixed", kind, run, {"share": 1, **outcome}, cost)


def line(*results: Result, runs: int = 1) -> list[str]:
    """The cells of Halt's line."""
    options = Options(renderers=("halt",), documents=("mixed",), runs=runs, markdown=True)
    last = report(results, options, {"mixed": 4_000}).splitlines()[-1]
    return [cell.strip() for cell in last.strip("|").split("|")]


def test_a_line_says_what_was_measured() -> None:
    found = line(
        passed("streamed", 1_234, standsMs=1, difference=None),
        passed("at-once", 400, standsMs=512, difference=None),
        passed("watched", standsMs=1, difference=None, removed=1_500, survives=True),
    )
    quarters = "308.5 308.5 308.5 308.5"
    assert found == ["halt", "1,234", "123", quarters, "400", "0.51", "1,500", "kept", "exact"]


def test_what_was_not_measured_is_no_number() -> None:
    assert line() == ["halt", *["-"] * 8]
    assert line(passed("watched", removed=0, survives=None))[6:8] == ["0", "-"]


def test_several_runs_give_the_median_and_the_worst_answer() -> None:
    streamed = [passed("streamed", ms, run, difference=None) for run, ms in enumerate([100, 300, 200])]
    watched = [passed("watched", removed=5, survives=kept, difference=None) for kept in (True, False, True)]
    found = line(*streamed, *watched, runs=3)
    assert found[1] == "200"
    assert found[7] == "lost"


def test_a_renderer_that_is_too_slow_is_not_flattered() -> None:
    found = line(passed("streamed", 15_000, share=0.999), passed("at-once", 15_000, share=0.5, limitMs=15_000))
    assert found[1] == ">15,000 (at 99%)"
    assert found[3] == "-"
    assert found[5] == ">15.00 (at 50%)"
    assert found[8] == "-"


def test_a_renderer_that_fails_is_named() -> None:
    assert line(passed("streamed", share=0, failed="TypeError"))[1] == "failed"


def test_a_wrong_text_is_said_with_its_place() -> None:
    wrong = {"at": 4_321, "expected": "bold", "shown": "**bold"}
    assert line(passed("streamed", 1, difference=None), passed("watched", difference=wrong))[8] == "differs at 4,321"


def test_tables_are_aligned_or_markdown() -> None:
    rows = [("name", "ms"), ("a", "1,000"), ("longer", "1")]
    assert plain(rows).splitlines() == ["name       ms", "a       1,000", "longer      1"]
    assert markdown(rows).splitlines() == ["| name | ms |", "|:--|--:|", "| a | 1,000 |", "| longer | 1 |"]
