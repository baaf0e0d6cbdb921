"""The contract is true today: its lists of tests are those that the tests themselves give."""

from __future__ import annotations

import re

from tools.contract import CONTRACT, clauses_of, proofs, with_tests

# What issue after issue adds to; a clause once kept never leaves this set.
KEPT = set(range(1, 27))


def test_the_lists_are_up_to_date() -> None:
    text = CONTRACT.read_text("utf-8")
    assert text == with_tests(text), "run: python -m tools.contract"


def test_every_clause_that_is_promised_has_a_test() -> None:
    assert {clause for clause, _, _ in proofs()} >= KEPT


def test_no_test_names_a_clause_that_does_not_exist() -> None:
    clauses = {int(number) for number in re.findall(r"^- \*\*S(\d+) ", CONTRACT.read_text("utf-8"), re.MULTILINE)}
    assert {clause for clause, _, _ in proofs()} <= clauses == set(range(1, 27))


def test_a_docstring_names_its_clauses_first() -> None:
    assert clauses_of("S6, S7: nothing moves") == [6, 7]
    assert clauses_of("Compare S6.") == []
    assert clauses_of("S23 for one reply") == [23]
