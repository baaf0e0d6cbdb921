"""The providers that Halt knows by name, as rows of data. Adding one that speaks OpenAI's dialect is adding a row."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from halt.providers.cancelling import CancelAddress

MaxTokensField = Literal["max_tokens", "max_completion_tokens"]


class Dialect(StrEnum):
    """The wire format that a provider speaks; ``halt.providers.dialects`` has the one who speaks it."""

    CHAT_COMPLETIONS = "chat completions"


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
    where it takes an explicit cancel (S13).
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

    @property
    def billing(self) -> Billing:
        """Tell whether what is asked here costs money: it does not on a person's own machine, nor in the page."""
        if self.local or self.id == "mock":
            return Billing.FREE
        return Billing.UNKNOWN if self.id == "custom" else Billing.BILLS


PRESETS: tuple[Preset, ...] = (
    Preset(
        "mock",
        "Mock (offline)",
        # A name that can never exist (RFC 2606): nothing leaves the page, even by mistake.
        "https://mock.invalid/v1",
        needs_key=False,
        default_model="halt-mock",
        on_disconnect=OnDisconnect.STOPS,
    ),
    Preset(
        "openai",
        "OpenAI",
        "https://api.openai.com/v1",
        key_url="https://platform.openai.com/api-keys",
        default_model="gpt-5-mini",
        # Its reasoning models refuse the older max_tokens.
        max_tokens_field="max_completion_tokens",
        on_disconnect=OnDisconnect.STOPS,
    ),
    Preset(
        "openrouter",
        "OpenRouter",
        "https://openrouter.ai/api/v1",
        key_url="https://openrouter.ai/settings/keys",
        default_model="openrouter/auto",
        remark="It depends on whose model it is: OpenRouter's page on streaming lists who stops.",
    ),
    Preset(
        "groq",
        "Groq",
        "https://api.groq.com/openai/v1",
        key_url="https://console.groq.com/keys",
        default_model="llama-3.3-70b-versatile",
        max_tokens_field="max_completion_tokens",
        on_disconnect=OnDisconnect.MAY_GO_ON,
    ),
    Preset(
        "mistral",
        "Mistral",
        "https://api.mistral.ai/v1",
        key_url="https://console.mistral.ai/api-keys",
        default_model="mistral-small-latest",
        # It answers 422 to stream_options, and sends usage in the last chunk anyway.
        stream_usage=False,
        going_on=GoingOn.PREFIX,
        on_disconnect=OnDisconnect.MAY_GO_ON,
    ),
    Preset(
        "deepseek",
        "DeepSeek",
        "https://api.deepseek.com/v1",
        key_url="https://platform.deepseek.com/api_keys",
        default_model="deepseek-chat",
        on_disconnect=OnDisconnect.STOPS,
    ),
    Preset(
        "xai",
        "xAI",
        "https://api.x.ai/v1",
        key_url="https://console.x.ai",
        default_model="grok-4",
        max_tokens_field="max_completion_tokens",
        on_disconnect=OnDisconnect.STOPS,
    ),
    Preset(
        "ollama",
        "Ollama",
        "http://localhost:11434/v1",
        needs_key=False,
        on_disconnect=OnDisconnect.STOPS,
        local=True,
        cors_line="OLLAMA_ORIGINS={origin} ollama serve",
        remark="It notices once it has read the prompt.",
    ),
    Preset(
        "lmstudio",
        "LM Studio",
        "http://localhost:1234/v1",
        needs_key=False,
        on_disconnect=OnDisconnect.STOPS,
        local=True,
        cors_line="lms server start --cors",
        remark="It notices once it has read the prompt.",
    ),
    Preset(
        "llamacpp",
        "llama.cpp",
        "http://localhost:8080/v1",
        needs_key=False,
        on_disconnect=OnDisconnect.STOPS,
        local=True,
        # It lets every page in by default.
        cors_line="llama-server --port 8080 -m model.gguf",
    ),
    Preset(
        "vllm",
        "vLLM",
        "http://localhost:8000/v1",
        needs_key=False,
        going_on=GoingOn.FINAL_MESSAGE,
        on_disconnect=OnDisconnect.STOPS,
        local=True,
        cors_line="""vllm serve MODEL --allowed-origins '["{origin}"]'""",
    ),
    Preset(
        "koboldcpp",
        "KoboldCpp",
        "http://localhost:5001/v1",
        needs_key=False,
        stream_usage=False,
        local=True,
        # It lets every page in.
        cors_line="koboldcpp --model model.gguf",
        # By its source (koboldcpp.py) a cancel without the key stops only what nobody else waits for.
        cancel=CancelAddress("../api/extra/abort", key_field="genkey"),
    ),
    Preset(
        "textgen",
        "text-generation-webui",
        "http://localhost:5000/v1",
        needs_key=False,
        local=True,
        cors_line="python server.py --api",
        # By its source (modules/api/script.py) this stops all that it generates.
        cancel=CancelAddress("internal/stop-generation"),
    ),
    # A server that nobody knows may be strict: what it need not take is not sent to it.
    Preset("custom", "Other (OpenAI-compatible)", "", needs_key=False, stream_usage=False),
)

_BY_ID = {row.id: row for row in PRESETS}


def preset(preset_id: str) -> Preset:
    """Find a row by its id; an id that is not known (any more) is an OpenAI-compatible server like any other."""
    return _BY_ID.get(preset_id, _BY_ID["custom"])


def stop_note(row: Preset) -> str:
    """Say honestly what is known about a reply that was stopped at ``row``'s provider (S14)."""
    who = "the server" if row.id == "custom" else row.name
    if row.cancel:
        note = f"Connection closed; {who} is asked to stop as well."
    elif row.on_disconnect is OnDisconnect.STOPS:
        note = f"Connection closed; {who} stops on disconnect."
    elif row.on_disconnect is OnDisconnect.MAY_GO_ON:
        note = f"Connection closed; {who} may go on generating and billing."
    else:
        note = f"Connection closed; whether {who} stops is not known, so it may go on generating and billing."
    return f"{note} {row.remark}" if row.remark else note


def cors_line(row: Preset, page_origin: str) -> str:
    """Give the exact line that starts ``row``'s server so that a page of ``page_origin`` may call it, or "".

    A page opened from disk has no origin of its own ("null"): there the line has to let in every page.
    """
    origin = page_origin if page_origin.startswith(("http://", "https://")) else "*"
    return row.cors_line.replace("{origin}", origin)
