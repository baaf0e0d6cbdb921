"""The providers that Halt knows by name, as rows of data.

Adding one that speaks a dialect of Halt's is adding a row.
"""

from __future__ import annotations

from halt.providers.cancelling import CancelAddress
from halt.providers.preset import Dialect, GoingOn, OnDisconnect, Preset

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
        "openai-responses",
        "OpenAI (Responses)",
        "https://api.openai.com/v1",
        Dialect.RESPONSES,
        key_url="https://platform.openai.com/api-keys",
        default_model="gpt-5-mini",
        # The guide "Background mode": to cancel a synchronous response, terminate the connection.
        on_disconnect=OnDisconnect.STOPS,
    ),
    Preset(
        "openai-background",
        "OpenAI (Responses, in the background)",
        "https://api.openai.com/v1",
        Dialect.RESPONSES,
        key_url="https://platform.openai.com/api-keys",
        default_model="gpt-5-mini",
        on_disconnect=OnDisconnect.MAY_GO_ON,
        cancel=CancelAddress("responses/{named}/cancel", over=(400, 404, 409)),
    ),
    Preset(
        "anthropic",
        "Anthropic",
        "https://api.anthropic.com/v1",
        Dialect.ANTHROPIC,
        key_url="https://platform.claude.com/settings/keys",
        default_model="claude-sonnet-5-5",
        on_disconnect=OnDisconnect.STOPS,
    ),
    Preset(
        "gemini",
        "Gemini",
        "https://generativelanguage.googleapis.com/v1beta",
        Dialect.GEMINI,
        key_url="https://aistudio.google.com/apikey",
        default_model="gemini-3.8-flash",
        on_disconnect=OnDisconnect.MAY_GO_ON,
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
        # Its own dialect and not /v1: errors, thinking and the final counts come as Ollama means them.
        "http://localhost:11434",
        Dialect.OLLAMA,
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
    Preset(
        "dify",
        "Dify",
        "https://api.dify.ai/v1",
        Dialect.DIFY,
        key_url="https://cloud.dify.ai/apps",
        # The key names the app, and the app has the model.
        default_model="app",
        cancel=CancelAddress("chat-messages/{named}/stop", body={"user": "halt"}),
        agent=True,
    ),
    Preset(
        "langgraph",
        "LangGraph",
        "http://localhost:2024",
        Dialect.LANGGRAPH,
        needs_key=False,
        default_model="agent",
        on_disconnect=OnDisconnect.STOPS,
        local=True,
        # It lets every page in.
        cors_line="langgraph dev",
        cancel=CancelAddress("threads/{run}/runs/{named}/cancel?action=interrupt", over=(404, 409)),
        agent=True,
    ),
    Preset(
        "python",
        "Your own Python",
        "",
        Dialect.PYTHON,
        needs_key=False,
        default_model="python",
        stream_usage=False,
        remark="Whether a server that it asked stops is not known, so that one may go on generating and billing.",
        agent=True,
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
    if row.dialect is Dialect.PYTHON:
        what = "your Python is cancelled, and ended if it ignores that for a second."
    elif row.on_disconnect is OnDisconnect.STOPS:
        what = f"{who} stops on disconnect{', and is asked to stop as well' if row.cancel else ''}."
    elif row.cancel and row.on_disconnect is OnDisconnect.MAY_GO_ON:
        what = f"{who} goes on without it, so it is asked to stop."
    elif row.cancel:
        what = f"{who} is asked to stop as well."
    elif row.on_disconnect is OnDisconnect.MAY_GO_ON:
        what = f"{who} may go on generating and billing."
    else:
        what = f"whether {who} stops is not known, so it may go on generating and billing."
    return " ".join(filter(None, (f"Connection closed; {what}", row.remark)))


def cors_line(row: Preset, page_origin: str) -> str:
    """Give the exact line that starts ``row``'s server so that a page of ``page_origin`` may call it, or "".

    A page opened from disk has no origin of its own ("null"): there the line has to let in every page.
    """
    origin = page_origin if page_origin.startswith(("http://", "https://")) else "*"
    return row.cors_line.replace("{origin}", origin)
