"""What can go wrong between a person and a provider, each as a sentence that says what happened and what to do.

ProviderError
├── BadAddress       the Base URL can't be used
├── BadKey           the API key can't be sent
├── KeyLocked        the API key is remembered, and its passphrase was not given yet
├── KeyForgotten     the person gave up a key that was remembered
├── NoModel          no model is chosen
├── BadPrompt        the system prompt's variables can't be filled in
├── BadCode          the person's own Python can't be run
├── CodeFailed       the person's own Python raised something
├── WorkerFailed     the worker for it could not be started
├── NoConnection     no answer at all: network, CORS, mixed content, server not running
├── Refused          401, 403
├── NotFound         404: no such path or no such model
├── RateLimited      429
├── BadRequest       any other 4xx
├── Unavailable      5xx
├── NotAnAnswer      something answered, but it does not speak this API
├── MalformedEvent   an event in the stream that can't be read
├── ErrorInStream    the provider said "error" in the middle of its reply
└── ConnectionCut    the reply broke off (the run ends interrupted, not failed)
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import ClassVar

QUOTE_LIMIT = 300
"""How many characters of a provider's own message a sentence quotes."""

DETAILS_LIMIT = 2_000
"""How many characters of a provider's answer the details hold."""

_LOOKS_LIKE_A_KEY = re.compile(
    r"(?i:bearer)\s+[^\s\"',;]+"
    r"|(?<![A-Za-z0-9])(?:sk|pk|rk|gsk|xai)[-_][A-Za-z0-9_.*…-]{6,}"
    # Google's, Dify's and LangSmith's.
    r"|(?<![A-Za-z0-9])(?:AIza[A-Za-z0-9_-]{20,}|app-[A-Za-z0-9]{20,}|lsv2_[A-Za-z0-9_]{10,})"
    # Masked in the middle. Possessive, from a word's start: a body of 64 kB without a blank must not take minutes.
    r"|(?<![A-Za-z0-9_-])[A-Za-z0-9_-]++\*{3,}[A-Za-z0-9_*-]*"
)


class ProviderError(Exception):
    """A reply that did not come as it should.

    ``sentence`` is for the person; ``details`` is technical text to copy, without any key; ``retry_after_ms`` is how
    long the provider asks to wait, where it does; ``interrupted`` tells that the run ends so, and not as
    failed. What had arrived before stays valid.
    """

    interrupted: ClassVar[bool] = False

    def __init__(self, sentence: str, *, details: str = "", retry_after_ms: float | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.details = details
        self.retry_after_ms = retry_after_ms


class BadAddress(ProviderError):
    """The Base URL can't be used as it is."""


class BadKey(ProviderError):
    """The API key holds characters that no header may carry."""


class KeyLocked(ProviderError):
    """The API key for ``origin`` is remembered under a passphrase that was not given yet."""

    def __init__(self, origin: str) -> None:
        super().__init__(f"The key for {origin} is locked. Unlock it with your passphrase, or enter the key again.")
        self.origin = origin


class KeyForgotten(ProviderError):
    """The person gave up the API key that was remembered for ``origin``."""

    def __init__(self, origin: str) -> None:
        super().__init__(f"The key for {origin} was forgotten. Enter it again, then press Send.")


class NoModel(ProviderError):
    """No model is chosen, so there is none to ask."""

    def __init__(self) -> None:
        super().__init__("No model is chosen. Pick one with “List models”, or type its name.")


class BadPrompt(ProviderError):
    """The system prompt names a variable that there is not, or can't be read."""


class BadCode(ProviderError):
    """The person's own Python can't be run as it is."""


class CodeFailed(ProviderError):
    """The person's own Python raised something; ``details`` has its traceback."""


class WorkerFailed(ProviderError):
    """The worker that a person's own Python runs in could not be started."""


class NoConnection(ProviderError):
    """No answer came at all; ``command`` is the exact line that lets this page in, where there is one."""

    def __init__(self, sentence: str, *, details: str = "", command: str = "") -> None:
        super().__init__(sentence, details=details)
        self.command = command


class Refused(ProviderError):
    """The provider does not accept the key, or not for this (401, 403)."""


class NotFound(ProviderError):
    """There is no such path or no such model (404)."""


class RateLimited(ProviderError):
    """The provider asks to wait (429)."""


class BadRequest(ProviderError):
    """The provider does not take the request as it is (any other 4xx)."""


class Unavailable(ProviderError):
    """The provider is down, overloaded or broken (5xx)."""


class NotAnAnswer(ProviderError):
    """Something answered, but not in the way of this API: a web page, say."""


class MalformedEvent(ProviderError):
    """An event of the stream can't be read."""


class ErrorInStream(ProviderError):
    """The provider reported an error in the middle of its reply."""


class ConnectionCut(ProviderError):
    """The reply broke off before its end."""

    interrupted: ClassVar[bool] = True


def redact(text: str, keys: Iterable[str] = ()) -> str:
    """Take ``keys``, and whatever else looks like a key, out of ``text``."""
    for key in keys:
        if len(key) >= 8:
            text = text.replace(key, "[key]")
        elif key:
            # A short one ("x", "ollama") is taken out as a word only: otherwise it would riddle every sentence.
            text = re.sub(rf"(?<!\w){re.escape(key)}(?!\w)", "[key]", text)
    return _LOOKS_LIKE_A_KEY.sub("[key]", text)


def quote(message: str, keys: Iterable[str] = ()) -> str:
    """Put a provider's own message into shape for a sentence: one line, no key, at most ``QUOTE_LIMIT`` characters."""
    line = " ".join(redact(message, keys).split())
    return line if len(line) <= QUOTE_LIMIT else line[: QUOTE_LIMIT - 1].rstrip() + "…"


def message_of(body: object, depth: int = 6) -> str:
    """Find the human message in a provider's JSON error, in any of the shapes in use; "" where there is none.

    OpenAI and most others nest it in ``error.message``; Ollama has a bare ``error``; Mistral ``message`` or ``detail``;
    FastAPI servers a list of ``{loc, msg}``; OpenRouter adds the upstream's own words in ``error.metadata.raw``. It
    looks ``depth`` levels deep.
    """
    if isinstance(body, str):
        return body
    if not depth:
        return ""
    if isinstance(body, list):
        return "; ".join(found for part in body[:5] if (found := message_of(part, depth - 1)))
    if not isinstance(body, dict):
        return ""
    for name in ("error", "message", "detail", "msg"):
        found = message_of(body.get(name), depth - 1)
        if not found:
            continue
        where = body.get("loc")
        if name == "msg" and isinstance(where, list):
            found = f"{'.'.join(map(str, where))}: {found}"
        metadata = body.get("metadata")
        raw = metadata.get("raw") if isinstance(metadata, dict) else None
        return f"{found} ({raw})" if isinstance(raw, str) and raw else found
    return ""
