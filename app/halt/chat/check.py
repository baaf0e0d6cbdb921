"""Trying a connection: what works and what does not, in sentences, before a person relies on it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace

from halt.chat.workspace import Connection
from halt.providers.base import Message, ProviderSettings
from halt.providers.errors import NoConnection, NotFound, ProviderError
from halt.providers.events import TextDelta, ThinkingDelta
from halt.wire.clock import Clock
from halt.wire.transport import TransportError

# Enough for a word or two, also where the model thinks before it speaks.
TEST_TOKENS = 32


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was tried."""

    works: bool
    sentence: str


async def list_models(connection: Connection, settings: ProviderSettings) -> list[str]:
    """Ask the provider for its models' names; raises a ``ProviderError``. A cancelled task closes the connection."""
    exchange = connection.transport.exchange()
    try:
        response = await exchange.open(connection.provider.models_request(settings))
        return await connection.provider.models(response)
    except TransportError as error:
        raise connection.provider.explain(error) from error
    finally:
        exchange.abort()


async def check(connection: Connection, settings: ProviderSettings, clock: Clock) -> AsyncGenerator[Finding, None]:
    """Try the address, the key, the model and the stream, one after the other, and tell each finding as it comes."""
    try:
        names = await list_models(connection, settings)
    except NotFound:
        yield Finding(True, f"{connection.name} answers; it offers no list of models.")
    except ProviderError as error:
        yield Finding(False, error.sentence)
        if isinstance(error, NoConnection):
            return
    else:
        yield Finding(True, f"{connection.name} answers and lets this page in: {len(names)} models.")
        if settings.model and names and settings.model not in names:
            yield Finding(False, f"The model “{settings.model}” is not in its list. Pick one with “List models”.")
    if not settings.model:
        yield Finding(False, "No model is chosen. Pick one with “List models”, or type its name.")
        return
    yield await _try_stream(connection, settings, clock)


async def _try_stream(connection: Connection, settings: ProviderSettings, clock: Clock) -> Finding:
    exchange = connection.transport.exchange()
    asked_ms = clock.now()
    try:
        brief = replace(settings, max_tokens=TEST_TOKENS)
        request = connection.provider.request([Message("user", "Say OK.")], brief)
        response = await exchange.open(request)
        async with aclosing(connection.provider.events(response)) as events:
            async for event in events:
                if isinstance(event, TextDelta | ThinkingDelta):
                    waited_ms = clock.now() - asked_ms
                    return Finding(True, f"The model streams: its first word came after {waited_ms:,.0f} ms.")
        return Finding(False, "The model ended its reply without a word.")
    except TransportError as error:
        return Finding(False, connection.provider.explain(error).sentence)
    except ProviderError as error:
        return Finding(False, error.sentence)
    finally:
        exchange.abort()
