"""Going on with an assistant turn: each provider in its own way, or not at all (S20)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from halt.providers.base import Message, ProviderSettings
from halt.providers.openai_chat import OpenAIChat
from halt.providers.presets import PRESETS, preset

PARTIAL = [Message("user", "Count"), Message("assistant", "one two")]


def body_of(preset_id: str, messages: list[Message]) -> dict[str, Any]:
    settings = ProviderSettings(preset=preset_id, base_url="https://example.com/v1", model="m")
    request = OpenAIChat(preset(preset_id)).request(messages, settings)
    body: dict[str, Any] = json.loads(request.body or b"")
    return body


def test_mistral_is_told_by_the_turn_itself() -> None:
    """S20"""
    assert body_of("mistral", PARTIAL)["messages"][-1] == {"role": "assistant", "content": "one two", "prefix": True}


def test_vllm_is_told_by_two_fields() -> None:
    """S20"""
    body = body_of("vllm", PARTIAL)
    assert body["continue_final_message"] is True
    assert body["add_generation_prompt"] is False


@pytest.mark.parametrize("row", PRESETS, ids=lambda row: row.id)
def test_an_ordinary_turn_carries_none_of_it(row: Any) -> None:
    body = json.dumps(body_of(row.id, [*PARTIAL, Message("user", "And?")]))
    assert "prefix" not in body
    assert "continue_final_message" not in body


def test_those_that_do_not_prefill_say_so() -> None:
    assert {row.id for row in PRESETS if OpenAIChat(row).prefills} == {"mistral", "vllm"}
