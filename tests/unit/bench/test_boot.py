"""The bench of the start: medians, each beside the stock page's visit of its kind, and the shares of the steps."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.boot.options import Options, parse
from bench.boot.report import report, shares

STEPS = {"composer": 50.0, "runtime": 100.0, "packages": 600.0, "start": 800.0, "ready": 1_000.0}
FOUND = {
    "stock cold": [{"composer": 20.0, "ready": 4_000.0}],
    "stock warm": [{"composer": 20.0, "ready": ready} for ready in (1_900.0, 2_000.0, 9_000.0)],
    "Halt cold": [STEPS],
    "Halt warm": [{"composer": 30.0, "runtime": 100.0, "start": 400.0, "ready": 500.0}],
}


def lines(options: Options) -> dict[str, list[str]]:
    rows = [line.strip("| ").split(" | ") for line in report(FOUND, options).splitlines() if line.startswith("| ")]
    return {row[0]: row[1:] for row in rows}


def test_each_page_is_compared_with_the_stock_page_of_its_kind() -> None:
    found = lines(Options(markdown=True))
    assert found["stock warm"] == ["20", "2,000", "1.00", "1,900 to 9,000", "-", "-", "-", "-"]
    assert found["Halt cold"] == ["50", "1,000", "0.25", "1,000 to 1,000", "10", "50", "20", "20"]
    assert found["Halt warm"] == ["30", "500", "0.25", "500 to 500", "20", "60", "-", "20"]


def test_the_line_that_was_measured_over_is_named() -> None:
    assert "over a line of 20 Mbit/s and 40 ms" in report(FOUND, Options(mbit=20))
    assert "over the machine's own" in report(FOUND, Options())


def test_steps_share_the_whole_time() -> None:
    assert sum(int(share) for share in shares([STEPS])) == 100


@pytest.mark.parametrize("wrong", [["--runs", "0"], ["--mbit", "0"], ["--latency", "-1"], ["--runs", "many"]])
def test_nonsense_is_refused(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(wrong)
    assert "error" in capsys.readouterr().err


def test_options_are_read() -> None:
    read = parse(["--runs", "3", "--mbit", "20", "--json", "found.json"])
    assert read == Options(runs=3, mbit=20, json=Path("found.json"))
