"""What one dialect has that no other has, and so no contract names."""

from __future__ import annotations

import json
from typing import Any

import pytest

from halt.providers.base import Message, ProviderSettings
from halt.providers.cancelling import NotNamed, confirms
from halt.providers.dialects import provider_for
from halt.providers.errors import RateLimited, Refused, redact
from halt.providers.presets import preset
from halt.wire.transport import Request
from tests.unit.providers.answers import Answer, read

HELLO = [Message("user", "Hello")]
RUN = "0123456789abcdef0123456789abcdef"


def asked(row: str, run_id: str = "", **settings: Any) -> tuple[Request, dict[str, Any]]:
    request = provider_for(preset(row)).request(HELLO, ProviderSettings(row, **({"model": "m"} | settings)), run_id)
    return request, json.loads(request.body or b"")


@pytest.mark.parametrize(
    "written",
    [
        *("", "http://localhost:11434", "localhost:11434/", "http://localhost:11434/v1", "localhost:11434/v1/"),
        *("http://localhost:11434/v1/chat/completions", "http://localhost:11434/api/chat", "localhost:11434/api"),
    ],
)
def test_ollama_takes_the_address_of_either_of_its_dialects(written: str) -> None:
    assert asked("ollama", base_url=written)[0].url == "http://localhost:11434/api/chat"


def test_ollama_behind_a_path() -> None:
    assert asked("ollama", base_url="https://x.example/ollama/v1")[0].url == "https://x.example/ollama/api/chat"


@pytest.mark.parametrize(
    ("model", "thinks"),
    [
        *(("gemini-3.8-flash", True), ("gemini-2.5-pro", True), ("models/gemini-3-pro-preview", True)),
        *(("gemini-2.0-flash", False), ("gemini-2.5-flash-image", False), ("gemma-3-27b-it", False)),
    ],
)
def test_gemini_is_asked_for_thoughts_where_it_has_them(model: str, thinks: bool) -> None:
    request, body = asked("gemini", model=model)
    assert ("generationConfig" in body) == thinks
    assert f"/models/{model.removeprefix('models/')}:streamGenerateContent" in request.url


def test_a_model_s_name_leads_to_no_other_address() -> None:
    assert "/models/..%2F..%2Fx%3F:stream" in asked("gemini", model="../../x?")[0].url


async def test_gemini_says_400_to_a_wrong_key() -> None:
    provider = provider_for(preset("gemini"))
    provider.request(HELLO, ProviderSettings("gemini", api_key="AIza-wrong"))
    details = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}]
    body = {"error": {"code": 400, "message": "API key not valid.", "details": details}}
    _, error = await read(Answer([json.dumps(body).encode()], 400), provider)
    assert type(error) is Refused
    assert "refused the API key" in error.sentence


async def test_gemini_says_in_the_body_how_long_to_wait() -> None:
    body = {"error": {"code": 429, "details": [{"retryDelay": "34.5s"}]}}
    _, error = await read(Answer([json.dumps(body).encode()], 429), provider_for(preset("gemini")))
    assert type(error) is RateLimited
    assert error.retry_after_ms == 34_500


def test_anthropic_lets_a_page_in_that_says_so() -> None:
    headers = asked("anthropic", api_key="sk-ant-0")[0].headers
    assert headers["anthropic-version"] == "2023-06-01"
    assert headers["anthropic-dangerous-direct-browser-access"] == "true"


def test_only_a_run_that_can_be_cancelled_goes_to_the_background() -> None:
    """S16: a title or a test that is stopped ends with its connection."""
    _, body = asked("openai-background", RUN)
    assert (body["background"], body["store"], body["stream"]) == (True, True, True)
    for row, run_id in (("openai-background", ""), ("openai-responses", RUN)):
        _, body = asked(row, run_id)
        assert "background" not in body
        assert body["store"] is False


def test_a_langgraph_run_has_a_thread_by_its_own_name() -> None:
    request, body = asked("langgraph", RUN)
    assert request.url.endswith("/threads/01234567-89ab-cdef-0123-456789abcdef/runs/stream")
    assert body["if_not_exists"] == "create"


@pytest.mark.parametrize("row", ["openai-background", "dify", "langgraph"])
def test_a_cancel_needs_the_name_that_the_provider_gave(row: str) -> None:
    """S13"""
    provider, settings = provider_for(preset(row)), ProviderSettings(row)
    with pytest.raises(NotNamed):
        provider.cancellation(settings, RUN)
    cancellation = provider.cancellation(settings, RUN, "it")
    assert cancellation is not None
    assert not cancellation.everything


@pytest.mark.parametrize(
    ("answer", "confirmed"),
    [
        ({"id": "r", "status": "cancelled"}, True),
        ({"id": "r", "status": "completed"}, False),
        ({"id": "r", "status": "failed"}, False),
        ({"result": "success"}, True),
        (None, True),
    ],
)
async def test_what_confirms_a_cancel(answer: object, confirmed: bool) -> None:
    """S14"""
    assert await confirms(Answer([json.dumps(answer).encode()])) == confirmed


@pytest.mark.parametrize(
    "key", ["AIzaSyA0123456789abcdefghijklmnop", "app-0123456789abcdefghijkl", "lsv2_pt_0123456789abcdef_01"]
)
def test_their_keys_are_known_by_their_looks(key: str) -> None:
    assert key not in redact(f"The key {key} is wrong.")
