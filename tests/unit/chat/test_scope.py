"""The scope of a run: all that was opened is closed, once, whatever happens."""

from __future__ import annotations

import pytest

from halt.chat.scope import Scope


def test_closing_calls_every_closer_once_newest_first() -> None:
    """S10"""
    scope, calls = Scope(), []
    for name in "abc":
        scope.own(lambda name=name: calls.append(name))
    scope.close()
    scope.close()
    assert calls == ["c", "b", "a"]


def test_what_is_opened_after_the_end_is_closed_at_once() -> None:
    """S16: nothing starts behind a stop's back."""
    scope, calls = Scope(), []
    scope.close()
    scope.own(lambda: calls.append("late"))
    assert calls == ["late"]


def test_what_was_given_up_is_not_closed() -> None:
    scope, calls = Scope(), []
    release = scope.own(lambda: calls.append("a"))
    release()
    release()
    scope.close()
    assert calls == []


def test_a_closer_that_raises_keeps_no_other_from_closing() -> None:
    """S10: the connection closes even where a timer's end goes wrong."""
    scope, calls = Scope(), []

    def breaks() -> None:
        raise OSError("no")

    scope.own(lambda: calls.append("first"))
    scope.own(breaks)
    with pytest.raises(ExceptionGroup) as caught:
        scope.close()
    assert calls == ["first"]
    assert isinstance(caught.value.exceptions[0], OSError)
