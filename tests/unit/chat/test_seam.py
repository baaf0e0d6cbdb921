"""Continuing: no word doubled and none lost at the seam, whatever the provider repeats (S20)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halt.chat.seam import Seam


def joined(kept: str, continuation: str, size: int = 1) -> str:
    """Continue ``kept`` by pieces of ``size`` characters and give the whole reply."""
    seam = Seam(kept)
    pieces = [continuation[index : index + size] for index in range(0, len(continuation), size)]
    return kept + "".join(seam.feed(piece) for piece in pieces) + seam.end()


@pytest.mark.parametrize("size", [1, 3, 1000])
@pytest.mark.parametrize(
    ("kept", "continuation", "whole"),
    [
        # It goes on as it was asked to.
        ("one two", " three", "one two three"),
        ("one contin", "uing", "one continuing"),
        ("hel", "lo", "hello"),
        ("one two ", "three", "one two three"),
        # It repeats its last word, or the last few, or the part of a word.
        ("one two", "two three", "one two three"),
        ("one two", " two three", "one two three"),
        ("one two ", "two three", "one two three"),
        ("count one two three", "one two three four", "count one two three four"),
        ("one contin", "continuing", "one continuing"),
        ("end.\n\nNext par", "Next part", "end.\n\nNext part"),
        ("- a\n- b", "- b\n- c", "- a\n- b\n- c"),
        # It only begins like the last word.
        ("I am a", " apple", "I am a apple"),
        ("I am a ", "apple", "I am a apple"),
        ("the cat", " category", "the cat category"),
        # One blank at the seam is enough, and a line break is kept.
        ("one ", " two", "one two"),
        ("one", "\n\ntwo", "one\n\ntwo"),
        # Nothing was kept, or nothing comes.
        ("", " one", " one"),
        ("one", "", "one"),
        ("one two", "two", "one two"),
    ],
)
def test_the_seam_shows_every_word_once(kept: str, continuation: str, whole: str, size: int) -> None:
    """S20"""
    assert joined(kept, continuation, size) == whole


@given(st.text("ab \n", max_size=12), st.text("ab \n", max_size=12), st.integers(1, 5))
def test_the_cuts_make_no_difference(kept: str, continuation: str, size: int) -> None:
    """S20"""
    assert joined(kept, continuation, size) == joined(kept, continuation, 1000)


@given(st.lists(st.sampled_from(["red", "blue", "green", "seven"]), min_size=2, max_size=30), st.data())
def test_repeated_last_words_are_shown_once(words: list[str], data: st.DataObject) -> None:
    """S20: the repetition is found however many words it has, and never takes more than itself."""
    kept = " ".join(words) + " zebra"
    back = data.draw(st.integers(1, min(20, len(words))))
    repeated = kept.split()[-back:]
    assert joined(kept, " ".join([*repeated, "and on"]), 4) == f"{kept} and on"


def test_text_that_repeats_nothing_is_not_held_back() -> None:
    """S20: the first word appears as it comes."""
    seam = Seam("a long story about a river")
    assert seam.feed(" that") == " that"
