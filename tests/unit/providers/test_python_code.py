"""A person's own Python as a provider: what the worker is asked, and what its lines mean."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Mapping
from typing import Any

import pytest

from halt.providers.base import Image, Message, ProviderSettings
from halt.providers.dialects import provider_for
from halt.providers.errors import BadCode, CodeFailed, ConnectionCut, WorkerFailed
from halt.providers.events import Event, Finish, FinishReason, Progress, TextDelta, ThinkingDelta, Usage
from halt.providers.presets import preset
from halt.wire.transport import Cut, Unreachable

CODE = "def reply(messages, settings):\n    yield 'yes'\n"
KEY = "secret-0123456789"
OWN = ProviderSettings(preset="python", model="m", code=CODE, api_key=KEY, base_url="https://x.test/v1")


class Lines:
    """A worker's answer: these lines, cut anywhere."""

    status = 200
    headers: Mapping[str, str] = {}

    def __init__(self, *lines: dict[str, Any], size: int = 7, then: Exception | None = None) -> None:
        self._data = "".join(f"{json.dumps(line)}\n" for line in lines).encode()
        self._size = size
        self._then = then
        self.closed = False

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        try:
            for start in range(0, len(self._data), self._size):
                yield self._data[start : start + self._size]
            if self._then:
                raise self._then
        finally:
            self.closed = True


async def events(lines: Lines, found: list[Event] | None = None) -> list[Event]:
    found = [] if found is None else found
    provider = provider_for(preset("python"))
    provider.request([], OWN)
    async for event in provider.events(lines):
        found.append(event)
    return found


def asked(messages: list[Message], settings: ProviderSettings = OWN) -> dict[str, Any]:
    request = provider_for(preset("python")).request(messages, settings)
    found: dict[str, Any] = json.loads(request.body or b"")
    return found


def test_messages_images_and_settings_are_told() -> None:
    image = Image("image/png", b"abc")
    told = asked(
        [Message("user", "Look", (image,)), Message("assistant", "Yes")],
        ProviderSettings(preset="python", code=CODE, model="m", system_prompt=" Be brief. ", temperature=0.5),
    )
    assert told["ask"] == "reply"
    assert told["code"] == CODE
    assert told["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Look", "images": [image.data_url]},
        {"role": "assistant", "content": "Yes"},
    ]
    assert told["settings"]["temperature"] == 0.5
    assert told["settings"]["max_tokens"] is None
    assert not {"code", "preset", "also_models"} & set(told["settings"])


def test_half_a_character_gets_through() -> None:
    assert asked([Message("user", "\ud83d")])["messages"][0]["content"] == "\ud83d"


@pytest.mark.parametrize("code", ["", "def reply(:", "x = 1"])
def test_a_program_that_cannot_run_asks_nobody(code: str) -> None:
    provider = provider_for(preset("python"))
    for ask in (lambda settings: provider.request([], settings), provider.models_request):
        with pytest.raises(BadCode):
            ask(ProviderSettings(preset="python", code=code))


async def test_lines_become_events_wherever_they_are_cut() -> None:
    lines = Lines(
        {"progress": "Installing…"},
        {"thinking": "Hm."},
        {"text": "é🙂\n"},
        {"usage": {"input_tokens": 3, "output_tokens": 4, "cost": 1}},
        {"end": "stop"},
        {"text": "never"},
    )
    assert await events(lines) == [
        Progress("Installing…"),
        ThinkingDelta("Hm."),
        TextDelta("é🙂\n"),
        Usage(3, 4, 1.0),
        Finish(FinishReason.STOP),
    ]
    assert lines.closed


async def test_an_exception_is_told_without_the_key() -> None:
    found: list[Event] = []
    with pytest.raises(CodeFailed) as caught:
        await events(Lines({"text": "So far"}, {"error": f"It raised {KEY}.", "details": f"line {KEY}"}), found)
    assert found == [TextDelta("So far")]
    assert KEY not in caught.value.sentence + caught.value.details
    assert caught.value.sentence == "It raised [key]."


@pytest.mark.parametrize("then", [None, Cut("worker crashed")])
async def test_a_worker_that_breaks_leaves_an_interrupted_reply(then: Exception | None) -> None:
    found: list[Event] = []
    with pytest.raises(ConnectionCut, match="worker ended before"):
        await events(Lines({"text": "So far"}, then=then), found)
    assert found == [TextDelta("So far")]


def test_a_worker_that_does_not_start_is_said() -> None:
    error = provider_for(preset("python")).explain(Unreachable("no such file"))
    assert isinstance(error, WorkerFailed)
    assert error.details == "no such file"


async def test_its_models_are_those_that_it_names_or_one() -> None:
    provider = provider_for(preset("python"))
    assert await provider.models(Lines({"progress": "…"}, {"models": ["a", "b"]})) == ["a", "b"]
    assert await provider.models(Lines({"models": []})) == ["python"]
    with pytest.raises(CodeFailed):
        await provider.models(Lines({"error": "x", "details": ""}))
