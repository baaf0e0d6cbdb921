"""Trying a connection: what works and what does not, in sentences, before a person relies on it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace

from halt.chat.connection import Connection
from halt.providers.base import Message, ProviderSettings
from halt.providers.errors import NoConnection, NoModel, NotFound, ProviderError
from halt.providers.events import Finish, FinishReason, TextDelta, ThinkingDelta
from halt.wire.clock import Clock
from halt.wire.transport import TransportError

# Enough for a word or two, also where the model thinks before it speaks.
TEST_TOKENS = 32

NOT_STREAMED = (
    "The model answers, but in one piece and not as a stream: nothing shows before its end, "
    "and a Stop before that keeps nothing."
)
NOTHING_THERE = (
    "Neither a list of models nor the model itself is at this address: check the path of the Base URL, then the model."
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was tried; ``missing`` tells that the server knows no such path or no such model."""

    works: bool
    sentence: str
    missing: bool = False


async def list_models(connection: Connection, settings: ProviderSettings) -> list[str]:
    """Ask the provider for its models' names; raises a ``ProviderError``. A cancelled task closes the connection."""
    exchange = connection.transport.exchange()
    try:
        response = await exchange.open(connection.provider.models_request(settings))
        return await connection.provider.models(response)
    except TransportError as error:
        exchange.abort()
        raise await _explained(connection, error, settings) from error
    finally:
        exchange.abort()


async def _explained(connection: Connection, error: TransportError, settings: ProviderSettings) -> ProviderError:
    """Tell why there is no connection, as well as it can be found out: a wrong address, CORS, a permission."""
    explained = connection.provider.explain(error)
    if connection.probe is None or not isinstance(explained, NoConnection):
        return explained
    found = await connection.probe.look(connection.provider.models_request(settings).url)
    return connection.provider.explain(error, found)


async def check(connection: Connection, settings: ProviderSettings, clock: Clock) -> AsyncGenerator[Finding, None]:
    """Try the address, the key, the model and the stream, one after the other, and tell each finding as it comes.

    Some keys may chat and not list models, so the stream is tried all the same; what fails there in the same way is
    told once.
    """
    told, listed = "", True
    try:
        names = await list_models(connection, settings)
    except NotFound:
        listed = False
        yield Finding(True, "The provider answers. It has no list of models at this address.")
    except ProviderError as error:
        told = error.sentence
        yield Finding(False, told)
        if isinstance(error, NoConnection):
            return
    else:
        yield Finding(True, f"The provider answers and lets this page in: {_models(len(names))}.")
        if settings.model and names and settings.model not in names:
            yield Finding(False, f"The model “{settings.model}” is not in its list. Pick one with “List models”.")
    finding = await _try_stream(connection, settings, clock) if settings.model else Finding(False, NoModel().sentence)
    if finding.missing and not listed:
        finding = Finding(False, NOTHING_THERE)
    if finding.sentence != told:
        yield finding


async def _try_stream(connection: Connection, settings: ProviderSettings, clock: Clock) -> Finding:
    exchange = connection.transport.exchange()
    asked_ms = clock.now()
    try:
        brief = replace(settings, max_tokens=TEST_TOKENS)
        request = connection.provider.request([Message("user", "Say OK.")], brief)
        response = await exchange.open(request)
        whole = response.headers.get("content-type", "").startswith("application/json")
        async with aclosing(connection.provider.events(response)) as events:
            async for event in events:
                if isinstance(event, TextDelta | ThinkingDelta):
                    if whole:
                        return Finding(False, NOT_STREAMED)
                    waited_ms = clock.now() - asked_ms
                    return Finding(True, f"The model streams: its first word came after {waited_ms:,.0f} ms.")
                if event == Finish(FinishReason.LENGTH):
                    return Finding(True, "The model answers; it spent the few tokens of this test on thinking.")
        return Finding(False, "The model ended its reply without a word.")
    except TransportError as error:
        exchange.abort()
        return Finding(False, (await _explained(connection, error, settings)).sentence)
    except NotFound as error:
        return Finding(False, error.sentence, missing=True)
    except ProviderError as error:
        return Finding(False, error.sentence)
    finally:
        exchange.abort()


def _models(number: int) -> str:
    return "1 model" if number == 1 else f"{number:,} models"
