"""The report says what was found: medians, ratios, what is missing, and where Halt is behind."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bench.products.chart import Bar, chart
from bench.products.report import behind, row_of, terminal, write
from bench.products.results import About, Results, load, save
from bench.products.rows import GROUPS
from bench.products.trials import Found
from tools.errors import ProgramError

FOUND: dict[str, list[Found]] = {
    "halt": [
        {"ready_cold_s": 2.0, "flood_screen_ms": 0.0, "steady_provider_ms": 20.0, "after_reload": "yes"},
        {"ready_cold_s": 3.0, "flood_screen_ms": 0.0, "steady_provider_ms": 30.0, "after_reload": "yes"},
        {"ready_cold_s": 9.0, "flood_screen_ms": 1.0, "steady_provider_ms": 40.0, "after_reload": "yes"},
    ],
    "other": [
        {"ready_cold_s": 0.5, "flood_screen_ms": 1500.0, "steady_provider_ms": None, "after_reload": "yes"},
        {"ready_cold_s": 0.6, "flood_screen_ms": None, "steady_provider_ms": None, "after_reload": "no"},
        {"ready_cold_s": 0.7, "flood_screen_ms": 1700.0, "steady_provider_ms": 10.0, "failed_long": "It hung."},
    ],
}


@pytest.fixture
def results() -> Results:
    titles = {"halt": "Halt", "other": "Other chat", "gone": "Gone chat"}
    products = {name: About(title, "A chat.", {name: "1.0"}) for name, title in titles.items()}
    products["gone"].missing = "There was no registry."
    return Results("2026-01-02", False, {"Processor": "one"}, products, FOUND)


def test_a_cell_is_a_median_with_its_ratio_to_halts(results: Results) -> None:
    ready = row_of("ready_cold_s")
    assert (ready.cell(results, "halt"), ready.cell(results, "other")) == ("3.00 s", "0.60 s (×0.20)")
    assert ready.cell(results, "gone") == "–"


def test_beside_next_to_nothing_there_is_no_ratio(results: Results) -> None:
    assert row_of("flood_screen_ms").cell(results, "other") == "1,700 ms"


def test_what_mostly_never_came_is_no_number(results: Results) -> None:
    assert row_of("steady_provider_ms").cell(results, "other") == "goes on"


def test_what_holds_only_sometimes_does_not_hold(results: Results) -> None:
    assert row_of("after_reload").cell(results, "other") == "no"


def test_a_trial_that_mostly_came_to_nothing_is_not_made_again(results: Results) -> None:
    """No other run could change its median."""
    gone = {"long_whole": "no", "long_main_ms": 9.0}
    results.runs = {"other": [gone, gone, {"long_whole": "yes", "long_main_ms": 1.0}, gone]}
    assert results.settled("other", "long", 5)
    assert not results.settled("other", "long", 7)
    assert not results.settled("other", "ready", 5)
    assert not results.settled("halt", "long", 5)
    with_more = [*results.runs["other"], {"long_whole": "yes", "long_main_ms": 1.0}]
    results.runs["other"] = with_more
    assert row_of("long_main_ms").cell(results, "other") == "not in time"


def test_what_was_measured_anew_replaces_what_was_before_and_is_said(results: Results, tmp_path: Path) -> None:
    results.runs = {"halt": [dict(found) for found in FOUND["halt"]]}
    for run, found in enumerate((4.0, 5.0, 6.0)):
        results.renew("halt", run, {"ready_cold_s": found})
    assert results.number("halt", "ready_cold_s") == 5.0
    assert results.number("halt", "steady_provider_ms") == 30.0
    results.renewed = {"ready": "2026-01-03"}
    write(results, tmp_path)
    assert "The trial `ready` was measured anew on 2026-01-03" in (tmp_path / "benchmarks.md").read_text("utf-8")
    with pytest.raises(ProgramError, match="It hung"):
        results.renew("halt", 0, {"failed_ready": "It hung."})


def test_where_halt_is_behind_is_computed(results: Results) -> None:
    assert behind(results) == [
        ("Until a question can be sent: first visit", ["Other chat: 0.60 s, Halt: 3.00 s (×5.0)"])
    ]
    results.runs = {"halt": [{"after_reload": "part"}], "other": FOUND["other"][:1]}
    label = "What was there when it was stopped: is there after a reload"
    assert behind(results) == [(label, ["Other chat: yes, Halt: part"])]


def test_work_that_was_not_done_is_no_better(results: Results) -> None:
    results.runs = {
        "halt": [{"long_whole": "yes", "long_main_ms": 2_000.0}],
        "other": [{"long_whole": "no", "long_main_ms": 100.0}],
    }
    assert row_of("long_main_ms").cell(results, "other") == "not in time"
    assert behind(results) == []


def test_numbers_of_before_are_the_same_numbers(results: Results, tmp_path: Path) -> None:
    save(results, tmp_path / "found.json")
    assert load(tmp_path / "found.json") == results
    with pytest.raises(ProgramError, match="holds no numbers"):
        load(tmp_path / "nothing.json")


def test_what_could_not_be_measured_is_said_in_the_terminal_and_in_the_page(results: Results, tmp_path: Path) -> None:
    write(results, tmp_path)
    page = (tmp_path / "benchmarks.md").read_text(encoding="utf-8")
    for said in (terminal(results), page):
        assert "There was no registry." in said
        assert "It hung." in said
    assert "Medians of 3 runs" in page
    assert all(row.label in page for _, group in GROUPS for row in group)


def test_the_page_has_whole_tables_and_all_its_pictures(results: Results, tmp_path: Path) -> None:
    write(results, tmp_path)
    page = (tmp_path / "benchmarks.md").read_text(encoding="utf-8")
    tables = [block.splitlines() for block in page.split("\n\n") if block.startswith("| ")]
    assert len(tables) == len(GROUPS) + 1
    for lines in tables:
        assert len({line.count("|") for line in lines}) == 1, lines
        assert lines[1].startswith("|:--|")
    pictures = re.findall(r"\]\((pictures/\S+)\)", page)
    assert pictures
    assert all((tmp_path / picture).is_file() for picture in pictures)


def test_a_chart_is_well_formed_and_longer_is_more() -> None:
    drawn = chart("A & B", [Bar("<Halt>", 1, "1 ms"), Bar("other", 4, "4 ms"), Bar("hung", float("inf"), "hangs")])
    widths = [float(one.attrib["width"]) for one in ElementTree.fromstring(drawn).findall(".//{*}rect")]  # noqa: S314
    assert widths[1] == 4 * widths[0] == widths[2]
    assert "prefers-color-scheme: dark" in drawn
