"""The bench's command line: what can be asked for, and what is refused with a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.cli import main
from bench.documents import documents
from bench.options import PASSES, QUICK, RENDERERS, Rate, parse


def test_without_options_everything_is_measured_at_the_rate_of_the_promise() -> None:
    options = parse([])
    assert options.renderers == tuple(RENDERERS)
    assert options.documents == tuple(documents())
    assert options.passes == PASSES
    assert options.rate == Rate(5_000, 25)
    assert (options.runs, options.markdown, options.json, options.limit_s) == (1, False, None, None)


def test_a_part_can_be_chosen_and_keeps_the_order_of_the_table() -> None:
    options = parse(["--only", "marked, halt", "--documents=mixed,list", "--passes", "watched,streamed"])
    assert options.renderers == ("halt", "marked")
    assert options.documents == ("mixed", "list")
    assert options.passes == ("streamed", "watched")


def test_quick_is_a_rate() -> None:
    assert parse(["--quick"]).rate == QUICK == Rate(2_000, 5)
    assert parse(["--rate", "10000/1"]).rate == Rate(10_000, 1)


def test_the_rest() -> None:
    options = parse(["--runs", "3", "--json", "found.json", "--markdown", "--limit", "7.5"])
    assert (options.runs, options.json, options.markdown, options.limit_s) == (3, Path("found.json"), True, 7.5)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--only", "halt,word"], "there is no word; there are halt, marked,"),
        (["--documents", ""], "there is no"),
        (["--passes", "once"], "there is no once"),
        (["--rate", "fast"], "'fast' is no rate; say for example 5000/25"),
        (["--rate", "0/5"], "at least one chunk"),
        (["--rate", "5/0"], "some time"),
        (["--runs", "0"], "'0' is no number of runs"),
        (["--limit", "-1"], "'-1' is no number of seconds"),
    ],
)
def test_nonsense_is_refused_with_a_sentence(
    arguments: list[str], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        parse(arguments)
    assert left.value.code == 2
    assert why in capsys.readouterr().err


def test_a_bench_that_is_not_there_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nothing"]) == 2
    assert "There is no bench nothing." in capsys.readouterr().out
    assert main(["--help"]) == 0
    assert "render " in capsys.readouterr().out
