"""What has arrived and is not shown: nothing lost, nothing doubled, thinking first."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from halt.chat.pending import Pending, Queue


@given(st.lists(st.text()), st.integers(1, 7))
def test_a_queue_gives_out_what_was_put_in_whatever_the_cuts(pieces: list[str], size: int) -> None:
    queue = Queue()
    for piece in pieces:
        queue.append(piece)
    taken = []
    while queue.characters:
        taken.append(queue.first(size))
        queue.drop(len(taken[-1]))
    assert "".join(taken) == "".join(pieces)
    assert all(len(piece) == size for piece in taken[:-1])


def test_reading_takes_nothing_away() -> None:
    queue = Queue()
    queue.append("abc")
    assert queue.first(2) == queue.first(2) == "ab"
    assert queue.characters == 3


def test_thinking_goes_first_and_both_share_the_frame() -> None:
    pending = Pending()
    pending.thinking.append("hmm ")
    pending.text.append("Because")
    assert pending.first(6) == ("Be", "hmm ")
    pending.drop("Be", "hmm ")
    assert pending.first(6) == ("cause", "")


def test_clearing_forgets_everything() -> None:
    """S6"""
    pending = Pending()
    pending.text.append("a")
    pending.thinking.append("b")
    pending.clear()
    assert not pending
    assert pending.first(9) == ("", "")
