"""What every provider keeps, whatever its dialect: the request, the events however they are cut, errors and models."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest

from halt.chat.context import CONTINUE, continue_messages, next_messages
from halt.chat.conversation import Prompt, Reply
from halt.chat.status import Status
from halt.providers.base import Message
from halt.providers.dialects import provider_for
from halt.providers.errors import BadRequest, ConnectionCut, NotAnAnswer, ProviderError
from halt.providers.events import Finish, TextDelta
from halt.providers.http_provider import HttpProvider
from halt.providers.preset import Dialect, Preset
from halt.providers.presets import PRESETS, preset
from halt.wire.transport import Cut
from tests.unit.providers.answers import Answer, cuts, read

from .contracts import DIALECTS, EVERY_STREAM, ROWS, contract_of
from .sample import HELLO, KEY, QUESTION, QUESTION_IN_WORDS, RUN, STREAMS, Contract, settings


def speaker(contract: Contract) -> HttpProvider:
    """Make the provider of the first row that speaks the dialect."""
    provider = provider_for(next(row for row in PRESETS if row.dialect is contract.dialect))
    assert isinstance(provider, HttpProvider)
    return provider


def body_of(request: Any) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(request.body)
    return body


@ROWS
def test_a_row_has_samples_of_what_it_speaks(row: Preset) -> None:
    contract = contract_of(row)
    assert set(STREAMS) <= {*contract.streams, *contract.lacks}
    assert not contract.streams.keys() & contract.lacks.keys()
    assert (row.id in contract.cancels) == (row.cancel is not None)


@ROWS
def test_a_question_with_everything_in_it(row: Preset) -> None:
    contract = contract_of(row)
    asked = QUESTION if contract.images else QUESTION_IN_WORDS
    request = provider_for(row).request(asked, settings(row, temperature=0.5, max_tokens=100, system_prompt="Be long."))
    base = row.base_url or "https://llm.example.com/v1"
    assert (request.method, request.url) == ("POST", f"{base}{contract.path}")
    assert body_of(request) == contract.question(row)


@ROWS
def test_only_what_was_chosen_is_sent(row: Preset) -> None:
    request = provider_for(row).request(HELLO, settings(row))
    assert body_of(request) == contract_of(row).hello(row)


@ROWS
def test_the_system_prompt_of_the_settings_is_told_as_one_among_the_messages(row: Preset) -> None:
    provider, chosen = provider_for(row), settings(row, system_prompt=" Be brief.\n")
    assert provider.request(HELLO, chosen) == provider.request([Message("system", "Be brief."), *HELLO], settings(row))


@ROWS
def test_images_go_along_or_it_is_said_that_they_can_t(row: Preset) -> None:
    if contract_of(row).images:
        return  # the question above holds one
    with pytest.raises(BadRequest, match="images"):
        provider_for(row).request(QUESTION, settings(row))


@ROWS
def test_the_key_goes_into_one_header_and_nowhere_else(row: Preset) -> None:
    name, value = contract_of(row).key
    provider = provider_for(row)
    for request in (
        provider.request(HELLO, settings(row), RUN),
        provider.models_request(settings(row)),
        *([cancel.request] if (cancel := provider.cancellation(settings(row), RUN, "named")) else []),
    ):
        headers = dict(request.headers)
        assert headers.pop(name) == value.format(key=KEY)
        assert KEY not in f"{request.url}{request.body!r}{headers}{request!r}"
        without = replace(settings(row), api_key="")
        assert name not in provider.request(HELLO, without).headers
    assert KEY not in repr(provider)


@ROWS
def test_a_pasted_address_leads_to_the_same(row: Preset) -> None:
    provider, chosen = provider_for(row), settings(row)
    request = provider.request(HELLO, chosen)
    path = contract_of(row).path.partition("?")[0]
    endings = [ending for ending in type(provider).endings if path.endswith(ending)]  # type: ignore[attr-defined]
    for ending in ("/", *endings):
        pasted = replace(chosen, base_url=f"{chosen.base_url}{ending}")
        assert provider.request(HELLO, pasted).url == request.url


@ROWS
@pytest.mark.parametrize("cut", ["whole", "bytes"])
async def test_each_row_reads_its_streams(row: Preset, cut: str) -> None:
    for name, stream in contract_of(row).streams.items():
        pieces = [stream.body] if cut == "whole" else [bytes([byte]) for byte in stream.body]
        answer = Answer(pieces)
        events, error = await read(answer, provider_for(row))
        assert events == list(stream.events), name
        assert bool(error) == bool(stream.says)
        assert stream.says in (error.sentence if error else "")
        assert answer.closed


@EVERY_STREAM
async def test_a_stream_is_the_same_however_it_is_cut(contract: Contract, name: str) -> None:
    stream = contract.streams[name]
    provider = speaker(contract)
    for pieces in cuts(stream.body):
        events, error = await read(Answer(pieces), provider)
        assert events == list(stream.events), pieces
        assert stream.says in (error.sentence if error else "")


@DIALECTS
@pytest.mark.parametrize("broken", [None, Cut("reset")], ids=["closed", "cut"])
async def test_a_stream_that_breaks_off_anywhere_keeps_whole_characters_and_says_so(
    contract: Contract, broken: Cut | None
) -> None:
    """S7 for what had arrived."""
    stream, provider = contract.streams["text"], speaker(contract)
    whole = "".join(event.text for event in stream.events if isinstance(event, TextDelta))
    ended = False
    for place in range(len(stream.body)):
        events, error = await read(Answer([stream.body[:place]], error=broken), provider)
        text = "".join(event.text for event in events if isinstance(event, TextDelta))
        assert whole.startswith(text)
        assert "\ufffd" not in text
        finished = any(isinstance(event, Finish) for event in events)
        assert finished >= ended, "what is over stays over"
        # The end of LangGraph's connection, between two events, is the end of its run.
        ended = finished and not provider.reader().ends_with_connection
        assert finished or type(error) is ConnectionCut, place


@DIALECTS
async def test_a_reply_that_is_not_a_stream_is_shown_all_the_same(contract: Contract) -> None:
    if contract.whole is None:
        _, error = await read(Answer([b'{"some": "thing"}']), speaker(contract))
        assert type(error) is NotAnAnswer
        return
    for pieces in cuts(contract.whole.body):
        assert await read(Answer(pieces), speaker(contract)) == (list(contract.whole.events), None)


@ROWS
@pytest.mark.parametrize("body", [b"<!doctype html><p>Sign in", b"[1, 2]", b"hello", b'{"version": "0.1"}'])
async def test_what_is_no_reply_is_none(row: Preset, body: bytes) -> None:
    for pieces in ([body], [bytes([byte]) for byte in body]):
        answer = Answer(pieces)
        events, error = await read(answer, provider_for(row))
        assert events == []
        assert error is not None
        assert not error.interrupted
        assert "Base URL" in error.sentence
        assert answer.closed


@ROWS
async def test_an_event_that_can_t_be_read_keeps_what_came(row: Preset) -> None:
    """S7"""
    contract = contract_of(row)
    broken = b'{"half\n' if contract.dialect is Dialect.OLLAMA else b'data: {"half\n\n'
    events, error = await read(Answer([contract.first_words + broken]), provider_for(row))
    assert TextDelta("Hello") in events
    assert error is not None
    assert "can't be read. What had arrived is kept" in error.sentence


@ROWS
async def test_refusals_quote_what_the_provider_says(row: Preset) -> None:
    for status, (body, kind) in contract_of(row).refusals.items():
        provider = provider_for(row)
        provider.request(HELLO, settings(row))
        answer = Answer([json.dumps(body).encode()], status)
        events, error = await read(answer, provider)
        assert events == []
        assert type(error) is kind, status
        assert f"({status})" in error.sentence
        assert "“No such luck.”" in error.sentence
        assert answer.closed


@ROWS
async def test_keys_stay_out_of_errors(row: Preset) -> None:
    provider = provider_for(row)
    provider.request(HELLO, replace(settings(row), api_key="hunter2hunter2"))
    echo = json.dumps({"error": {"message": "bad hunter2hunter2"}, "message": "hunter2hunter2"}).encode()
    shown = []
    for answer in (
        Answer([echo], 401),
        Answer([echo]),
        Answer([b"data: " + echo + b"\n\n"]),
        Answer([echo + b"\n"]),
        Answer([contract_of(row).first_words], error=Cut("hunter2hunter2")),
    ):
        _, error = await read(answer, provider)
        assert error is not None
        shown += [repr(error), str(error), error.sentence, error.details]
    assert "hunter2" not in " ".join(shown)


@ROWS
async def test_the_models_are_listed(row: Preset) -> None:
    models = contract_of(row).models
    provider = provider_for(row)
    request = provider.models_request(settings(row))
    assert (request.method, request.url) == (models.method, f"{settings(row).base_url}{models.path}")
    answer = Answer([json.dumps(models.answer).encode()])
    assert await provider.models(answer) == list(models.names)
    assert answer.closed
    for body in (b"<html>", b"", b"{}", b'"x"'):
        with pytest.raises(ProviderError):
            await provider.models(Answer([body]))


@ROWS
async def test_closing_the_events_closes_the_connection(row: Preset) -> None:
    """S12"""
    answer = Answer([contract_of(row).first_words, b"data: {}\n\n"])
    events = provider_for(row).events(answer)
    while not isinstance(await anext(events), TextDelta):
        pass
    await events.aclose()
    assert answer.closed
    assert answer.read == 1


@ROWS
async def test_cancelling_the_task_closes_the_connection(row: Preset) -> None:
    """S12"""
    waiting = asyncio.Event()
    first_words = contract_of(row).first_words

    class Silent(Answer):
        async def chunks(self):  # type: ignore[no-untyped-def]
            try:
                yield first_words
                waiting.set()
                await asyncio.Event().wait()
            finally:
                self.closed = True

    answer = Silent([])
    task = asyncio.create_task(read(answer, provider_for(row)))
    await waiting.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert answer.closed


@ROWS
def test_a_stopped_reply_is_told_as_an_ordinary_turn(row: Preset) -> None:
    """S19, S20: roles alternate, nothing is empty, and going on is asked for or done as the provider has it."""
    contract, provider = contract_of(row), provider_for(row)
    prompt, again = Prompt("p", text="Count "), Prompt("q", text="And?")
    reply, empty = Reply("r", status=Status.STOPPED), Reply("e", status=Status.STOPPED)
    reply.source.append("One, two \n")
    for path, told in (
        ([prompt, reply, again], [("user", "Count"), ("assistant", "One, two"), ("user", "And?")]),
        ([prompt, empty, again], [("user", "Count\n\nAnd?")]),
    ):
        body = body_of(provider.request(next_messages(path), settings(row)))
        if not (
            contract.dialect is Dialect.DIFY and len(told) == 1
        ):  # its turns() can't part one text with a blank line
            assert contract.turns(body) == told
    messages = continue_messages([prompt, reply], prefills=provider.prefills)
    told = [("user", "Count"), ("assistant", "One, two"), *([] if provider.prefills else [("user", CONTINUE)])]
    assert contract.turns(body_of(provider.request(messages, settings(row)))) == told


def test_a_row_without_samples_fails_with_a_sentence() -> None:
    stranger = replace(preset("custom"), id="stranger", dialect="Klingon")  # type: ignore[arg-type]
    with pytest.raises(pytest.fail.Exception, match="“stranger” speaks Klingon, which has no samples"):
        contract_of(stranger)
