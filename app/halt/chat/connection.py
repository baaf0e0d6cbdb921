"""What it takes to ask: a provider, what carries the request, and the request itself, ready before anything starts."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

from halt.chat.usage import CHARACTERS_A_TOKEN, DEFAULT_TERMS, IMAGE_TOKENS, Terms
from halt.providers.base import Message, Provider, ProviderSettings
from halt.providers.errors import NoModel
from halt.providers.preset import Billing
from halt.wire.probe import Probe
from halt.wire.transport import Request, Transport


@dataclass(frozen=True, slots=True)
class Connection:
    """How to reach the chosen provider: its wire format, what carries it, and how the person calls it.

    ``stop_note`` says what is known of a reply that is stopped there (S14), and ``billing`` whether it costs
    money (S22). ``titles`` tells whether it can be asked for the title of a conversation. ``probe`` finds out more
    where there is no connection. ``api_key`` is what it is asked with where the settings hold none.
    """

    provider: Provider
    transport: Transport
    name: str
    stop_note: str = ""
    billing: Billing = Billing.UNKNOWN
    titles: bool = True
    probe: Probe | None = None
    api_key: str = field(default="", repr=False)


Connect = Callable[[ProviderSettings], Connection]
"""Turns settings into a connection."""


@dataclass(frozen=True, slots=True)
class Question:
    """A request that can be sent as it is, and the model that it asks.

    ``terms`` say what is known of its cost (S22). ``settings`` are those that it was made with, and a cancel is made
    with them (S13). Where there is a ``later``, the request lacks something that has to be loaded first: it gives the
    whole question, of the same id.
    """

    run_id: str
    connection: Connection
    request: Request
    model: str
    terms: Terms = DEFAULT_TERMS
    settings: ProviderSettings = field(default_factory=ProviderSettings)
    later: Callable[[], Awaitable[Question]] | None = None


def prepare(
    connect: Connect,
    settings: ProviderSettings,
    model: str,
    messages: Callable[[Provider], Sequence[Message]],
    run_id: str = "",
) -> Question:
    """Do all that the settings can make fail, so that a failure leaves the conversation as it was.

    ``messages`` are made for the provider, since not all take the same. ``run_id`` is that of the run which is to ask,
    where there is one already. Raises a ``ProviderError``.
    """
    if not model.strip():
        raise NoModel
    priced = model.strip() == settings.model.strip()
    settings = replace(settings, model=model.strip())
    connection = connect(settings)
    settings = replace(settings, api_key=settings.api_key or connection.api_key)
    provider = connection.provider
    run_id = run_id or uuid.uuid4().hex
    told = messages(provider)
    request = provider.request(told, settings, run_id)
    terms = _terms(settings, connection.billing, sum(map(_characters, told)), priced=priced)
    return Question(run_id, connection, request, settings.model, terms, settings)


def _characters(message: Message) -> int:
    return len(message.content) + len(message.images) * IMAGE_TOKENS * CHARACTERS_A_TOKEN


def _terms(settings: ProviderSettings, billing: Billing, characters: int, *, priced: bool) -> Terms:
    """Tell what is known of the cost; ``priced`` where the settings' prices are those of the model that is asked."""
    if billing is Billing.FREE:
        return Terms(characters, 0.0, 0.0)
    if not priced:
        return Terms(characters)
    return Terms(characters, settings.input_price, settings.output_price, billing is Billing.BILLS)
