"""What can be asked of `bench products`."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.products.options import RUNS, parse
from bench.products.registry import PRODUCTS
from bench.products.trials import TRIALS


def test_without_options_all_is_measured_five_times_and_nothing_is_written() -> None:
    options = parse([])
    assert (options.products, options.trials, options.runs) == (tuple(PRODUCTS), tuple(TRIALS), RUNS)
    assert RUNS >= 5
    assert (options.quick, options.write, options.source, options.json) == (False, False, None, None)


def test_a_part_can_be_chosen_and_keeps_the_order_of_the_table() -> None:
    options = parse(["--only", "deep-chat,halt", "--trials", "long,ready", "--quick", "--from", "a.json"])
    assert (options.products, options.trials) == (("halt", "deep-chat"), ("ready", "long"))
    assert (options.runs, options.quick, options.source) == (1, True, Path("a.json"))
    assert parse(["--quick", "--runs", "3"]).runs == 3


def test_a_measurement_that_was_broken_off_can_go_on() -> None:
    assert parse(["--go-on", "a.json"]).begun == Path("a.json")
    assert parse([]).begun is None


def test_trials_can_be_measured_anew_for_all_products_or_not_at_all(capsys: pytest.CaptureFixture[str]) -> None:
    options = parse(["--again", "a.json", "--trials", "ready"])
    assert (options.again, options.trials) == (Path("a.json"), ("ready",))
    with pytest.raises(SystemExit):
        parse(["--again", "a.json", "--only", "halt"])
    assert "--again measures all products" in capsys.readouterr().err


def test_a_product_that_is_not_there_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(["--only", "word"])
    assert "there is no word; there are halt, deep-chat," in capsys.readouterr().err
