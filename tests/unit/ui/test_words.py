"""What the opened mark says: of the provider's end, of tokens and of money, and what of it is an estimate."""

from __future__ import annotations

import pytest

from halt.chat.conversation import Reply
from halt.chat.usage import Spent
from halt.ui.words import dollars, found, mark_note, spent

ESTIMATE = "an estimate, as the provider sent no final count."
COUNT = "by the provider's count"


@pytest.mark.parametrize(
    ("counted", "said"),
    [
        (
            Spent(312, 128, 0.0012, estimated=True, cost_estimated=True),
            f"About 312 tokens read and 128 written, about $0.0012: {ESTIMATE}",
        ),
        (Spent(1, 0, estimated=True), f"About 1 token read and 0 written: {ESTIMATE}"),
        (Spent(31_200, 1_280, 0.0012), f"31,200 tokens read and 1,280 written, $0.0012, {COUNT}."),
        (Spent(312, 128, 0.0), f"312 tokens read and 128 written, $0, {COUNT}."),
        (Spent(312, 128), f"312 tokens read and 128 written, {COUNT}."),
        (
            Spent(312, 128, 0.0012, cost_estimated=True),
            f"312 tokens read and 128 written, {COUNT}; about $0.0012, an estimate by the prices in Settings.",
        ),
        (
            Spent(312, 128, estimated=True, prices_wanted=True),
            f"About 312 tokens read and 128 written: {ESTIMATE} Settings takes the model's prices.",
        ),
    ],
)
def test_what_was_spent_is_said_and_an_estimate_is_called_one(counted: Spent, said: str) -> None:
    """S22"""
    assert spent(counted) == said


@pytest.mark.parametrize("estimated", [True, False])
def test_what_is_free_says_nothing_of_a_cost(estimated: bool) -> None:
    """S22"""
    assert "$" not in spent(Spent(312, 128, 0.0, estimated, cost_estimated=True))


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        (0.0, "$0"),
        (0.000000123, "$0.00000012"),
        (0.0012, "$0.0012"),
        (0.001, "$0.0010"),
        (0.00994, "$0.0099"),
        (0.00996, "$0.01"),
        (0.01, "$0.01"),
        (0.126, "$0.13"),
        (1234.5, "$1,234.50"),
    ],
)
def test_an_amount_is_never_said_to_be_nothing_unless_it_is(amount: float, said: str) -> None:
    """S22"""
    assert dollars(amount) == said


def test_a_mark_says_both_what_stops_and_what_was_spent() -> None:
    """S14, S22"""
    reply = Reply("r", stop_note="Connection closed; X stops on disconnect.", spent=Spent(2, 3, 0.5))
    assert mark_note(reply) == f"Connection closed; X stops on disconnect. 2 tokens read and 3 written, $0.50, {COUNT}."
    assert mark_note(Reply("r", stop_note="Nothing left.")) == "Nothing left."


def test_a_search_says_how_much_it_found() -> None:
    assert [found(0, more=False), found(1, more=False)] == ["Nothing found", "1 found"]
    assert found(60, more=True) == "60 found, and there may be more"
