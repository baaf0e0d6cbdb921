"""What it takes to ask: a provider, what carries the request, and the request itself, ready before anything starts."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from halt.providers.base import Message, Provider, ProviderSettings
from halt.providers.cancelling import Cancellation
from halt.providers.errors import NoModel
from halt.wire.transport import Request, Transport


@dataclass(frozen=True, slots=True)
class Connection:
    """How to reach the chosen provider: its wire format, what carries it, and how the person calls it.

    ``stop_note`` says what is known of a reply that is stopped there (S14).
    """

    provider: Provider
    transport: Transport
    name: str
    stop_note: str = ""


Connect = Callable[[ProviderSettings], Connection]
"""Turns settings into a connection."""


@dataclass(frozen=True, slots=True)
class Question:
    """A request that can be sent as it is, the model that it asks, and what takes it back once it was sent (S13)."""

    run_id: str
    connection: Connection
    request: Request
    model: str
    cancellation: Cancellation | None = None


def prepare(
    connect: Connect, settings: ProviderSettings, model: str, messages: Callable[[Provider], Sequence[Message]]
) -> Question:
    """Do all that the settings can make fail, so that a failure leaves the conversation as it was.

    ``messages`` are made for the provider, since not all take the same. Raises a ``ProviderError``.
    """
    if not model.strip():
        raise NoModel
    settings = replace(settings, model=model.strip())
    connection = connect(settings)
    provider = connection.provider
    run_id = uuid.uuid4().hex
    request = provider.request(messages(provider), settings, run_id)
    return Question(run_id, connection, request, settings.model, provider.cancellation(settings, run_id))
