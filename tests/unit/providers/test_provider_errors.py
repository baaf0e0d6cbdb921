"""What errors say, and what they must never say."""

from __future__ import annotations

import pytest

from halt.providers import errors
from halt.providers.errors import QUOTE_LIMIT, ProviderError, message_of, quote, redact

KEY = "sk-proj-Abc123_def-456"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"error": {"message": "No.", "type": "x", "code": None}}, "No."),
        ({"error": "model 'x' not found"}, "model 'x' not found"),
        ({"object": "error", "message": "No.", "code": 40401}, "No."),
        ({"detail": "Not Found"}, "Not Found"),
        ({"message": {"detail": [{"type": "extra_forbidden", "loc": ["body", "n"], "msg": "Not permitted"}]}},
         "body.n: Not permitted"),
        ({"detail": [{"loc": ["body"], "msg": "a"}, {"loc": [], "msg": "b"}]}, "body: a; : b"),
        ([{"error": {"message": "Gemini's list"}}], "Gemini's list"),
        ({"error": {"code": 502, "message": "Provider returned error", "metadata": {"raw": "overloaded"}}},
         "Provider returned error (overloaded)"),
        ({"error": {}}, ""),
        ({"error": {"code": 5}}, ""),
        ({"error": {"error": {"error": {"error": {"error": {"error": {"error": "deep"}}}}}}}, ""),
        (None, ""),
        (7, ""),
    ],
)  # fmt: skip
def test_the_providers_own_message_is_found(body: object, message: str) -> None:
    assert message_of(body) == message


def test_a_message_is_quoted_on_one_line_and_not_at_length() -> None:
    assert quote("two\n  lines") == "two lines"
    assert len(quote("long " * 500)) <= QUOTE_LIMIT
    assert quote("long " * 500).endswith("…")
    # Taken out before it is shortened: no half of a key stays at the edge.
    assert "my-own-s" not in quote("x" * (QUOTE_LIMIT - 10) + "my-own-secret-key", ["my-own-secret-key"])


@pytest.mark.parametrize(
    "text",
    [
        f"Incorrect API key provided: {KEY}.",
        "Incorrect API key provided: sk-ab***********wxyz.",
        f"header Authorization: Bearer {KEY}",
        "token gsk_0123456789abcdef is invalid",
        "xai-0123456789abcdef",
        "key abcd****wxyz",
    ],
)
def test_what_looks_like_a_key_is_taken_out(text: str) -> None:
    shown = redact(text)
    assert "[key]" in shown
    for part in (KEY, "0123456789", "wxyz"):
        assert part not in shown


def test_the_key_itself_is_taken_out_whatever_it_looks_like() -> None:
    assert redact("no hunter22hunter here: hunter22", ["hunter22"]) == "no [key]hunter here: [key]"
    assert redact("x, but not in extra", ["x"]) == "[key], but not in extra"


def test_a_huge_word_is_searched_in_no_time() -> None:
    """Quadratic, this would take hours, with the page frozen; the suite's own time limit ends it."""
    for text in ("x" * 1_000_000, "x-" * 500_000, "bearer " * 100_000, "*" * 1_000_000):
        redact(text, ["hunter2hunter2", "x"])


def test_ordinary_words_stay() -> None:
    text = "The risk-averse model task_force_one (ask-me-anything) took 12 ** 3 steps."
    assert redact(text) == text


def test_each_error_is_in_the_tree_at_the_top_and_only_a_cut_is_an_interruption() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, ProviderError)]
    assert len(kinds) == 20
    assert all(kind.__name__ in str(errors.__doc__) for kind in kinds)
    assert [kind.__name__ for kind in kinds if kind.interrupted] == ["ConnectionCut"]
