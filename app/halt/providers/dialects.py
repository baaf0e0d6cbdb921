"""Which class speaks which wire format: the one place that knows them all."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from halt.providers.base import Provider
from halt.providers.openai_chat import OpenAIChat
from halt.providers.presets import Dialect, Preset

_SPEAKERS: Mapping[Dialect, Callable[[Preset, str], Provider]] = {Dialect.CHAT_COMPLETIONS: OpenAIChat}


def provider_for(row: Preset, page_origin: str = "") -> Provider:
    """Make the provider of a row; ``page_origin`` is for what its errors advise."""
    return _SPEAKERS[row.dialect](row, page_origin)
