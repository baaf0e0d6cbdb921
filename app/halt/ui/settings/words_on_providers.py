"""What the settings say about a provider: what Stop does there, and what its address is."""

from __future__ import annotations

from halt.providers.preset import Preset
from halt.providers.presets import stop_note

MOCK = "Answers offline, inside this page, so that you can try Stop. It needs no address and no key."
_ADDRESSES = {
    "mock": "Whoever types an address here means a server: any that speaks OpenAI Chat Completions will do.",
    "custom": "Where the provider listens. Any server that speaks OpenAI Chat Completions will do.",
    "python": "Told to your program, which may need none.",
}


def what_it_does(row: Preset) -> str:
    """Say what is special about it, which is what happens on Stop."""
    note = stop_note(row)
    return MOCK if row.id == "mock" else f"On Stop: {note[0].lower()}{note[1:]}"


def where_it_is(row: Preset) -> str:
    """Say what the Base URL is for."""
    return _ADDRESSES.get(row.id, f"Where the provider listens. What listens there has to speak {row.dialect}.")
