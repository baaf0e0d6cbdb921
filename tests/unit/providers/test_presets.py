"""The rows of providers: whole, safe, and honest about Stop."""

from __future__ import annotations

import pytest

from halt.providers.address import normalize_base_url, origin_of
from halt.providers.preset import OnDisconnect, Preset
from halt.providers.presets import PRESETS, cors_line, preset, stop_note


def test_ids_are_the_ones_that_settings_were_stored_with() -> None:
    assert [row.id for row in PRESETS] == [
        "mock", "openai", "openai-responses", "openai-background", "anthropic", "gemini",
        "openrouter", "groq", "mistral", "deepseek", "xai",
        "ollama", "lmstudio", "llamacpp", "vllm", "koboldcpp", "textgen", "dify", "langgraph", "python", "custom",
    ]  # fmt: skip
    assert all(preset(row.id) is row for row in PRESETS)


def test_an_unknown_id_is_any_compatible_server() -> None:
    assert preset("gone-since-last-year").id == "custom"


@pytest.mark.parametrize("row", [row for row in PRESETS if row.base_url], ids=lambda row: row.id)
def test_addresses_are_ready_to_be_called(row: Preset) -> None:
    assert normalize_base_url(row.base_url) == row.base_url
    assert row.local == (origin_of(row.base_url).startswith("http://localhost"))
    assert row.local or row.base_url.startswith("https://")
    assert bool(row.key_url) == row.needs_key


@pytest.mark.parametrize("row", PRESETS, ids=lambda row: row.id)
def test_what_stop_does_is_said_honestly(row: Preset) -> None:
    """S14."""
    note = stop_note(row)
    assert note.startswith("Connection closed; ")
    assert ("asked to stop" in note) == (row.cancel is not None)
    if row.cancel:
        return
    assert ("may go on generating and billing" in note) == (row.on_disconnect is not OnDisconnect.STOPS)
    assert ("not known" in note) == (row.on_disconnect is OnDisconnect.UNKNOWN)


@pytest.mark.parametrize(
    ("row", "note"),
    [
        ("openai", "Connection closed; OpenAI stops on disconnect."),
        ("groq", "Connection closed; Groq may go on generating and billing."),
        (
            "custom",
            "Connection closed; whether the server stops is not known, so it may go on generating and billing.",
        ),
        ("textgen", "Connection closed; text-generation-webui is asked to stop as well."),
        ("langgraph", "Connection closed; LangGraph stops on disconnect, and is asked to stop as well."),
        (
            "openai-background",
            "Connection closed; OpenAI (Responses, in the background) goes on without it, so it is asked to stop.",
        ),
        ("ollama", "Connection closed; Ollama stops on disconnect. It notices once it has read the prompt."),
    ],
)
def test_the_words_for_what_is_known(row: str, note: str) -> None:
    """S14: one sentence for each kind, with the row's own remark behind it."""
    assert stop_note(preset(row)) == note


@pytest.mark.parametrize(
    ("row", "origin", "line"),
    [
        ("ollama", "https://me.github.io", "OLLAMA_ORIGINS=https://me.github.io ollama serve"),
        ("ollama", "null", "OLLAMA_ORIGINS=* ollama serve"),
        ("lmstudio", "https://me.github.io", "lms server start --cors"),
        ("vllm", "http://127.0.0.1:8000", """vllm serve MODEL --allowed-origins '["http://127.0.0.1:8000"]'"""),
        ("openai", "https://me.github.io", ""),
    ],
)
def test_the_line_that_lets_this_page_in(row: str, origin: str, line: str) -> None:
    assert cors_line(preset(row), origin) == line
