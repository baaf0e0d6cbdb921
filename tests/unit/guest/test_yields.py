"""What may be yielded: taken by what it has."""

from __future__ import annotations

from types import SimpleNamespace as Thing

import pytest

from halt.guest.yields import NotSayable, said


@pytest.mark.parametrize(
    ("value", "lines"),
    [
        ("word", [{"text": "word"}]),
        ("", []),
        (None, []),
        ({"thinking": "Hm."}, [{"thinking": "Hm."}]),
        ({"text": "a", "thinking": "b"}, [{"thinking": "b"}, {"text": "a"}]),
        ({"progress": "Loading…"}, [{"progress": "Loading…"}]),
        (
            {"usage": {"input_tokens": 3, "output_tokens": 4, "cost": 0.5, "x": "y"}},
            [{"usage": {"input_tokens": 3, "output_tokens": 4, "cost": 0.5}}],
        ),
        (Thing(content="chunk"), [{"text": "chunk"}]),
        (
            Thing(content="", usage_metadata={"input_tokens": 3, "output_tokens": 4, "total_tokens": 7}),
            [{"usage": {"input_tokens": 3, "output_tokens": 4}}],
        ),
        (
            Thing(content=["a", {"type": "reasoning", "reasoning": "r"}, {"type": "text", "text": "b"}, {"type": "x"}]),
            [{"text": "a"}, {"thinking": "r"}, {"text": "b"}],
        ),
        (Thing(text="only text"), [{"text": "only text"}]),
        (
            Thing(choices=[Thing(delta=Thing(content="a", reasoning_content="r"))], usage=None),
            [{"thinking": "r"}, {"text": "a"}],
        ),
        (
            Thing(choices=[], usage=Thing(prompt_tokens=1, completion_tokens=2)),
            [{"usage": {"input_tokens": 1, "output_tokens": 2}}],
        ),
    ],
)
def test_it_is_taken_by_what_it_has(value: object, lines: list[object]) -> None:
    assert list(said(value)) == lines


@pytest.mark.parametrize("value", [1, b"bytes", object(), {}, {"txt": "a"}, {"text": 1}, Thing(content=1)])
def test_what_is_no_text_is_said_to_be_none(value: object) -> None:
    with pytest.raises(NotSayable, match="which is not text"):
        list(said(value))
