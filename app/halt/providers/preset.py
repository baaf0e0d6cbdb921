"""What a row of the table of providers can say: one class, and the words for its choices."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from halt.providers.cancelling import CancelAddress

MaxTokensField = Literal["max_tokens", "max_completion_tokens"]


class Dialect(StrEnum):
    """The wire format that a provider speaks; ``halt.providers.dialects`` has the one who speaks it."""

    CHAT_COMPLETIONS = "OpenAI Chat Completions"
    RESPONSES = "OpenAI Responses"
    ANTHROPIC = "Anthropic Messages"
    GEMINI = "Gemini"
    OLLAMA = "Ollama"
    DIFY = "Dify"
    LANGGRAPH = "LangGraph"
    PYTHON = "your own Python"


class GoingOn(StrEnum):
    """How a provider is told to go on with an assistant turn that ends the messages (S20)."""

    ASK = "ask"  # it can't be: a user turn asks for the rest
    PREFIX = "prefix"  # docs.mistral.ai: "prefix": true in that turn
    FINAL_MESSAGE = "continue_final_message"  # docs.vllm.ai: a field of the request


class OnDisconnect(StrEnum):
    """What a provider does when the connection closes in the middle of a reply (S14)."""

    STOPS = "stops"
    MAY_GO_ON = "may go on"
    UNKNOWN = "unknown"


class Billing(StrEnum):
    """Whether what is asked costs money (S22)."""

    FREE = "free"
    BILLS = "bills"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Preset:
    """One provider: where it is, which ``dialect`` it speaks, what it takes, and what Stop does there.

    ``default_model`` is a hint only; where it is empty the model is picked from the provider's list. ``stream_usage``
    tells whether ``stream_options.include_usage`` is taken. ``cors_line`` is what lets a page in that is not on this
    machine; ``{origin}`` in it stands for the page's origin. ``remark`` adds to what Stop does. ``cancel`` is
    where it takes an explicit cancel (S13). ``agent`` tells that it is no bare model, but what somebody built with
    some: it may call others that cost money, and is asked nothing that the person did not ask.
    """

    id: str
    name: str
    base_url: str
    dialect: Dialect = Dialect.CHAT_COMPLETIONS
    needs_key: bool = True
    key_url: str = ""
    default_model: str = ""
    max_tokens_field: MaxTokensField = "max_tokens"
    stream_usage: bool = True
    going_on: GoingOn = GoingOn.ASK
    on_disconnect: OnDisconnect = OnDisconnect.UNKNOWN
    local: bool = False
    cors_line: str = ""
    remark: str = ""
    cancel: CancelAddress | None = None
    agent: bool = False

    @property
    def titles(self) -> bool:
        """Tell whether it can be asked for the title of a conversation."""
        return self.id != "mock" and not self.agent

    @property
    def billing(self) -> Billing:
        """Tell whether what is asked here costs money: it does not on a person's own machine, nor in the page."""
        if self.agent and self.local:
            return Billing.UNKNOWN
        if self.local or self.id == "mock":
            return Billing.FREE
        return Billing.UNKNOWN if self.id in ("custom", "python") else Billing.BILLS
