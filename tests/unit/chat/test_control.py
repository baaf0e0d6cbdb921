"""The one button: what it is, and what a press on it means."""

from __future__ import annotations

import pytest

from halt.chat.control import Face, SendStop


def test_the_face_follows_what_runs() -> None:
    """S1, S26: derived, so it can't stick."""
    control = SendStop()
    assert control.face is Face.SEND
    assert control.follow(True, 1000)
    assert control.face is Face.STOP
    assert not control.follow(True, 1100)
    assert control.follow(False, 2000)
    assert control.face is Face.SEND


@pytest.mark.parametrize("later_ms", [0, 1, 299.9])
def test_a_press_within_300_ms_of_a_swap_is_ignored(later_ms: float) -> None:
    """S4: a double click on Send stops nothing, one on Stop sends nothing."""
    control = SendStop()
    control.follow(True, 1000)
    assert control.press(1000 + later_ms) is None
    control.follow(False, 5000)
    assert control.press(5000 + later_ms) is None


def test_a_press_that_was_made_before_the_swap_is_ignored_however_late_it_arrives() -> None:
    """S4: the press was meant for the other face."""
    control = SendStop()
    control.follow(False, 0)
    control.follow(True, 1000)
    assert control.press(990) is None


def test_a_press_after_300_ms_counts() -> None:
    """S4"""
    control = SendStop()
    control.follow(True, 1000)
    assert control.press(1300) is Face.STOP
    control.follow(False, 2000)
    assert control.press(2300) is Face.SEND


def test_following_the_same_state_again_does_not_restart_the_guard() -> None:
    """S4: a run that reports its state often must not lock the button."""
    control = SendStop()
    control.follow(True, 1000)
    control.follow(True, 1290)
    assert control.press(1301) is Face.STOP
