"""Which class speaks which wire format: the one place that knows them all."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from halt.providers.anthropic import Anthropic
from halt.providers.base import Provider
from halt.providers.dify import Dify
from halt.providers.gemini import Gemini
from halt.providers.langgraph import LangGraph
from halt.providers.ollama import Ollama
from halt.providers.openai_chat import OpenAIChat
from halt.providers.openai_responses import OpenAIResponses
from halt.providers.preset import Dialect, Preset
from halt.providers.python_code import PythonCode

_SPEAKERS: Mapping[Dialect, Callable[[Preset, str], Provider]] = {
    Dialect.CHAT_COMPLETIONS: OpenAIChat,
    Dialect.RESPONSES: OpenAIResponses,
    Dialect.ANTHROPIC: Anthropic,
    Dialect.GEMINI: Gemini,
    Dialect.OLLAMA: Ollama,
    Dialect.DIFY: Dify,
    Dialect.LANGGRAPH: LangGraph,
    Dialect.PYTHON: PythonCode,
}


def provider_for(row: Preset, page_origin: str = "") -> Provider:
    """Make the provider of a row; ``page_origin`` is for what its errors advise."""
    return _SPEAKERS[row.dialect](row, page_origin)
