"""docs/add-a-provider.md keeps its word: its 40 lines are a provider that works."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from halt.providers.base import Message, ProviderSettings
from halt.providers.errors import ConnectionCut
from halt.providers.events import Finish, FinishReason, TextDelta, ThinkingDelta, Usage
from halt.providers.http_provider import HttpProvider
from halt.providers.preset import Preset
from tests.unit.providers.answers import Answer, cuts, read
from tests.unit.providers.contract.sample import sse

DOCUMENT = Path(__file__).parents[3] / "docs" / "add-a-provider.md"
ROW = Preset("cohere", "Cohere", "https://api.cohere.com")


@pytest.fixture
def provider() -> HttpProvider:
    code = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text("utf-8"), re.S)[1]
    statements = [line for line in code.splitlines() if line.strip() and not line.lstrip().startswith(("from", '"""'))]
    assert len(statements) <= 40, "it says so"
    names: dict[str, Any] = {}
    exec(compile(code, DOCUMENT, "exec"), names)  # noqa: S102 - our own document
    made = names["Cohere"](ROW)
    assert isinstance(made, HttpProvider)
    return made


def said(**content: str) -> tuple[str, object]:
    delta = {"message": {"content": content}}
    return "content-delta", {"type": "content-delta", "index": 0, "delta": delta}


def test_it_asks(provider: HttpProvider) -> None:
    settings = ProviderSettings(
        "cohere", api_key="k" * 20, model="command-a", temperature=0.5, system_prompt="Be brief."
    )
    request = provider.request([Message("user", "Hello")], settings)
    assert request.url == "https://api.cohere.com/v2/chat"
    assert request.headers["Authorization"] == f"Bearer {'k' * 20}"
    assert json.loads(request.body or b"") == {
        "model": "command-a",
        "stream": True,
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello"}],
        "temperature": 0.5,
    }


async def test_it_reads(provider: HttpProvider) -> None:
    usage = {"billed_units": {"input_tokens": 3}, "tokens": {"input_tokens": 9.0, "output_tokens": 4.0}}
    end = ("message-end", {"type": "message-end", "delta": {"finish_reason": "COMPLETE", "usage": usage}})
    body = sse(("message-start", {"type": "message-start"}), said(thinking="Hm."), said(text="Hé 🙂"), end)
    for pieces in cuts(body):
        events = [ThinkingDelta("Hm."), TextDelta("Hé 🙂"), Finish(FinishReason.STOP), Usage(9, 4)]
        assert await read(Answer(pieces), provider) == (events, None)
    events, error = await read(Answer([sse(said(text="Hi"))]), provider)
    assert events == [TextDelta("Hi")]
    assert type(error) is ConnectionCut
