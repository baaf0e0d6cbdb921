"""Search: what is typed is found in whatever case and script, and shown as it was written."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from halt.store.search import BEFORE, EXCERPT, SearchText, excerpt, has_all, marked, words_of

# Letters that change in number or in width when they are folded, and what no UTF-8 can say.
LETTERS = st.text(st.sampled_from("aAbßſİıΣςé😀\ud800 \n"), max_size=30)


def find(query: str, *texts: str, most: int = 10) -> list[str]:
    return SearchText((str(number), text) for number, text in enumerate(texts)).find(words_of(query), most)


def hits(parts: list[tuple[str, bool]]) -> list[str]:
    return [text for text, hit in parts if hit]


def test_all_words_have_to_be_in_one_message_in_any_order_and_case() -> None:
    assert find("STOP means", "It means: Stop.", "Stop", "means", "nonstop meanspirited") == ["0", "3"]
    assert find("straße", "STRASSE", "Strasse", "Strass") == ["0", "1"]
    assert find("ναύτης", "ΝΑΎΤΗΣ") == ["0"]
    assert find("x", "") == find("x") == []


def test_no_word_reaches_from_one_message_into_the_next() -> None:
    assert find("ab", "a", "b") == []
    assert find("a b", "a", "b") == []


def test_no_more_is_found_than_asked_for() -> None:
    assert find("a", *["a a"] * 5, most=2) == ["0", "1"]


@given(st.lists(LETTERS, max_size=5), LETTERS.filter(str.strip))
def test_what_is_found_is_what_python_finds(texts: list[str], query: str) -> None:
    words = words_of(query)
    assert find(query, *texts) == [str(number) for number, text in enumerate(texts) if has_all(text, words)]


@given(LETTERS, LETTERS.filter(str.strip))
def test_marks_change_no_letter_and_stand_at_every_word(text: str, query: str) -> None:
    words = words_of(query)
    parts = marked(text, words)
    assert "".join(part for part, _ in parts) == text
    assert all(part for part, _ in parts)
    assert bool(hits(parts)) == any(word in text.casefold() for word in words)


def test_a_mark_is_on_the_very_letters() -> None:
    assert marked("Die Straße hier", words_of("STRASSE")) == [("Die ", False), ("Straße", True), (" hier", False)]
    assert marked("aaa", words_of("aa")) == [("aaa", True)]
    assert marked("", words_of("a")) == []


def test_an_excerpt_shows_the_word_in_its_surroundings_on_one_line() -> None:
    assert excerpt("a\n\n  needle\there", words_of("needle")) == [("a ", False), ("needle", True), (" here", False)]
    long = "some words and more " * 50 + "then a Needle " + "and so on " * 50
    parts = excerpt(long, words_of("needle"))
    line = "".join(text for text, _ in parts)
    assert hits(parts) == ["Needle"]
    assert line.startswith("…") and line.endswith("…")
    assert line.index("Needle") <= BEFORE + 1 and len(line) <= EXCERPT + 2


@given(LETTERS, st.integers(0, 300), LETTERS)
def test_an_excerpt_of_what_was_found_has_it(before: str, times: int, after: str) -> None:
    assert "needle" in "".join(hits(excerpt(before * times + "nEEdle" + after * times, ["needle"]))).casefold()
