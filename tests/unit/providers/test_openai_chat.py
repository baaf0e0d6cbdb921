"""Chat Completions: what is asked for, what is not a stream, how a reply breaks off, the list of models."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from halt.providers.base import Image, Message, ProviderSettings
from halt.providers.errors import BadAddress, BadKey, ConnectionCut, ErrorInStream, NotAnAnswer, Refused
from halt.providers.events import Finish, FinishReason, TextDelta, ThinkingDelta, ToolCallDelta, Usage
from halt.providers.openai_chat import OpenAIChat
from halt.providers.preset import Dialect
from halt.providers.presets import PRESETS, preset
from halt.wire.transport import Cut, Request
from tests.unit.providers.answers import Answer, cuts, delta, read, stream

HELLO = [Message("user", "Hello")]
KEY = "sk-proj-Abc123_def-456"


def asked(row: str, **settings: Any) -> tuple[Request, dict[str, Any]]:
    request = OpenAIChat(preset(row)).request(HELLO, ProviderSettings(preset=row, **settings))
    assert request.body is not None
    return request, json.loads(request.body)


def test_a_request_as_openai_documents_it() -> None:
    request, body = asked(
        "openai", api_key=f" {KEY}\n", model="gpt-5", temperature=0.5, max_tokens=100, system_prompt="Be brief."
    )
    assert (request.method, request.url) == ("POST", "https://api.openai.com/v1/chat/completions")
    assert request.headers == {
        "Content-Type": "application/json",
        "Accept": "text/event-stream",
        "Authorization": f"Bearer {KEY}",
    }
    assert body == {
        "model": "gpt-5",
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello"}],
        "stream": True,
        "stream_options": {"include_usage": True},
        "temperature": 0.5,
        "max_completion_tokens": 100,
    }


def test_images_go_before_their_text() -> None:
    message = Message("user", "What is it?", (Image("image/png", b"\x89PNG"),))
    request = OpenAIChat(preset("openai")).request([message], ProviderSettings(model="m"))
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw=="}}
    [told] = json.loads(request.body or b"")["messages"]
    assert told == {"role": "user", "content": [image, {"type": "text", "text": "What is it?"}]}


def test_only_what_was_chosen_is_sent() -> None:
    request, body = asked("mistral", model="m", max_tokens=5)
    assert body == {"model": "m", "messages": [{"role": "user", "content": "Hello"}], "stream": True, "max_tokens": 5}
    assert "Authorization" not in request.headers


SPEAKING_IT = [row for row in PRESETS if row.base_url and row.dialect is Dialect.CHAT_COMPLETIONS]


@pytest.mark.parametrize("row", SPEAKING_IT, ids=lambda row: row.id)
def test_each_row_gets_what_it_takes(row: Any) -> None:
    request, body = asked(row.id, model="", max_tokens=7)
    assert request.url == f"{row.base_url}/chat/completions"
    assert body["stream"] is True
    assert body[row.max_tokens_field] == 7
    assert ("stream_options" in body) == row.stream_usage
    assert body.get("model", "") == row.default_model


def test_a_base_url_of_ones_own() -> None:
    assert asked("custom", base_url="localhost:9000/v1/")[0].url == "http://localhost:9000/v1/chat/completions"
    with pytest.raises(BadAddress):
        asked("custom")


def test_a_system_prompt_is_told_once() -> None:
    request = OpenAIChat(preset("openai")).request(
        [Message("system", "Be brief."), *HELLO], ProviderSettings(system_prompt="Be brief.")
    )
    assert [turn["role"] for turn in json.loads(request.body or b"")["messages"]] == ["system", "user"]


def test_text_of_any_kind_travels() -> None:
    request = OpenAIChat(preset("openai")).request([Message("user", "日本 🙂 \ud83d \0")], ProviderSettings())
    assert json.loads(request.body or b"")["messages"][0]["content"] == "日本 🙂 ? \0"


@pytest.mark.parametrize("key", ["sk-a b", "sk-a\nX-Evil: 1", "sk-…", "ключ"])
def test_a_key_that_cannot_be_sent(key: str) -> None:
    with pytest.raises(BadKey) as caught:
        asked("openai", api_key=key)
    assert key not in f"{caught.value!r}{caught.value.details}"


async def test_keys_stay_out_of_everything_that_is_shown() -> None:
    provider = OpenAIChat(preset("custom"))
    settings = ProviderSettings(api_key="hunter2hunter2", base_url="https://llm.example.com/v1")
    request = provider.request(HELLO, settings)
    shown = [repr(provider), repr(settings), repr(request), repr(provider.models_request(settings))]
    body = b'{"error": {"message": "bad hunter2hunter2", "echo": "hunter2hunter2"}}'
    for answer in (
        Answer([body], 401),
        Answer([body]),
        Answer([b"data: " + body + b"\n\n"]),
        Answer([b"data: hunter2hunter2\n\n"]),
        Answer([b"<p>hunter2hunter2"]),
        Answer([b"data: {}"], error=Cut("hunter2hunter2")),
    ):
        _, error = await read(answer, provider)
        assert error is not None
        shown += [repr(error), str(error), error.sentence, error.details]
    assert "hunter2" not in " ".join(shown)


COMPLETION = {
    "object": "chat.completion",
    "choices": [
        {
            "index": 0,
            "message": {
                "role": "assistant",
                "content": "Hé 🙂",
                "reasoning_content": "Hm.",
                "tool_calls": [{"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}],
            },
            "finish_reason": "stop",
        }
    ],
    "usage": {"prompt_tokens": 9, "completion_tokens": 2},
}


@pytest.mark.parametrize("before", ["", "\n\n", "\ufeff", " \r\n"])
async def test_a_reply_that_is_not_a_stream_is_shown_all_the_same(before: str) -> None:
    body = (before + json.dumps(COMPLETION, ensure_ascii=False, indent=1)).encode()
    for pieces in cuts(body):
        # A content type proves nothing: this one is a lie.
        answer = Answer(pieces, headers={"content-type": "text/event-stream"})
        assert await read(answer) == (
            [
                ThinkingDelta("Hm."),
                TextDelta("Hé 🙂"),
                ToolCallDelta(0, "c", "f", "{}"),
                Finish(FinishReason.STOP),
                Usage(9, 2),
            ],
            None,
        )
        assert answer.closed


@pytest.mark.parametrize("before", ["", "\n\n", "\ufeff", "\n: hi\n\n"])
async def test_a_stream_is_a_stream_whatever_its_content_type_says(before: str) -> None:
    body = before.encode() + stream(delta("Hi", "stop"))
    for pieces in cuts(body):
        answer = Answer(pieces, headers={"content-type": "application/json"})
        assert await read(answer) == ([TextDelta("Hi"), Finish(FinishReason.STOP)], None)


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        (b"<!doctype html><p>Sign in", NotAnAnswer, "a web page"),
        (b"\n  <html>", NotAnAnswer, "a web page"),
        (b"Ollama is running", NotAnAnswer, "something that is not a reply"),
        (b'{"message": {"content": "Hi"}, "done": false}\n{"done": true}\n', NotAnAnswer, "not a reply"),
        (b'{"version": "0.1"}', NotAnAnswer, "not a reply"),
        (b"[1, 2]", NotAnAnswer, "not a reply"),
        (b'{"error": {"message": "No."}}', ErrorInStream, "instead of a reply: “No.”"),
        (b'[{"error": {"message": "No."}}]', ErrorInStream, "“No.”"),
        (b'{"choices": [{"message": {"content": "He', ConnectionCut, "broke off"),
        (b'{"choices": [', ConnectionCut, "broke off"),
    ],
)
async def test_an_answer_that_is_no_reply(body: bytes, kind: type[Exception], said: str) -> None:
    for pieces in cuts(body):
        answer = Answer(pieces)
        events, error = await read(answer)
        assert events == []
        assert type(error) is kind
        assert said in error.sentence
        assert answer.closed


@pytest.mark.parametrize("error", [None, Cut("reset")])
async def test_a_stream_cut_anywhere_keeps_whole_characters_and_says_so(error: Cut | None) -> None:
    whole = stream(delta("Hé"), delta("日🙂"), delta("!"), done=False)
    expected = "Hé日🙂!"
    for place in range(len(whole)):
        events, raised = await read(Answer([whole[:place]], error=error))
        text = "".join(event.text for event in events if isinstance(event, TextDelta))
        assert expected.startswith(text)
        assert "\ufffd" not in text
        assert type(raised) is ConnectionCut, place
        assert raised.interrupted


async def test_details_say_that_it_broke_inside_a_character() -> None:
    whole = stream(delta("🙂"), done=False)
    _, error = await read(Answer([whole[: whole.index("🙂".encode()) + 2]]))
    assert error is not None
    assert "in the middle of a character" in error.details


async def test_no_byte_at_all_is_a_cut() -> None:
    events, error = await read(Answer([]))
    assert events == []
    assert type(error) is ConnectionCut


async def test_a_cut_after_the_finish_reason_takes_nothing_away() -> None:
    answer = Answer([stream(delta("Hi", "stop"), done=False), b"data: {"], error=Cut("reset"))
    assert await read(answer) == ([TextDelta("Hi"), Finish(FinishReason.STOP)], None)


async def test_closing_the_events_closes_the_connection() -> None:
    """S12."""
    answer = Answer([stream(delta("a"), delta("b"), done=False), b"data: {}\n\n"])
    events = OpenAIChat(preset("openai")).events(answer)
    assert await anext(events) == TextDelta("a")
    await events.aclose()
    assert answer.closed
    assert answer.read == 1


async def test_cancelling_the_task_closes_the_connection() -> None:
    """S12."""

    class Silent(Answer):
        async def chunks(self):  # type: ignore[no-untyped-def]
            try:
                yield stream(delta("a"), done=False)
                waiting.set()
                await asyncio.Event().wait()
            finally:
                self.closed = True

    waiting = asyncio.Event()
    answer = Silent([])
    task = asyncio.create_task(read(answer))
    await waiting.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert answer.closed


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ({"object": "list", "data": [{"id": "b"}, {"id": "A"}, {"id": "a"}]}, ["A", "a", "b"]),
        ({"models": [{"name": "llama:8b", "model": "llama:8b"}, {"name": "gemma"}]}, ["gemma", "llama:8b"]),
        ([{"id": "x"}, {"id": "x"}, "y", None, {"id": 3}], ["x", "y"]),
        ({"data": []}, []),
        ({"data": None, "object": "list"}, []),
    ],
)
async def test_the_list_of_models(body: object, names: list[str]) -> None:
    provider = OpenAIChat(preset("openai"))
    request = provider.models_request(ProviderSettings(api_key=KEY))
    assert (request.method, request.url, request.body) == ("GET", "https://api.openai.com/v1/models", None)
    assert request.headers == {"Accept": "application/json", "Authorization": f"Bearer {KEY}"}
    answer = Answer([json.dumps(body).encode()])
    assert await provider.models(answer) == names
    assert answer.closed


@pytest.mark.parametrize("body", [b"<html>", b"", b"{}", b'"x"', b'{"data": 3}'])
async def test_no_list_of_models(body: bytes) -> None:
    with pytest.raises(NotAnAnswer):
        await OpenAIChat(preset("openai")).models(Answer([body]))


async def test_models_that_are_refused_or_cut() -> None:
    with pytest.raises(Refused):
        await OpenAIChat(preset("openai")).models(Answer([b"{}"], 401))
    with pytest.raises(ConnectionCut):
        await OpenAIChat(preset("openai")).models(Answer([b"{"], error=Cut("reset")))
