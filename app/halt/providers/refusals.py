"""An answer that is not 2xx, as the error a person can act on."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from halt.providers.errors import (
    DETAILS_LIMIT,
    BadRequest,
    NotAnAnswer,
    NotFound,
    ProviderError,
    RateLimited,
    Refused,
    Unavailable,
    message_of,
    quote,
    redact,
)
from halt.providers.preset import Preset

# Gemini says it in the body: google.rpc.RetryInfo.
_RETRY_DELAY = re.compile(r'"retryDelay":\s*"(\d{1,9}(?:\.\d{1,9})?)s"')
_REQUEST_IDS = ("x-request-id", "request-id", "x-generation-id", "cf-ray")


def refusal(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    preset: Preset,
    *,
    keys: Iterable[str] = (),
    now: datetime | None = None,
) -> ProviderError:
    """Make the error for an answer with ``status`` that carried ``body``, which may be cut short.

    ``headers`` have lower-case names. ``keys`` are what must not show; that there is none means that none was sent.
    ``now`` is what a Retry-After date is counted from.
    """
    keys = tuple(keys)
    text = body.decode("utf-8", "replace")
    said = quote(_message(text), keys)
    said = f" It says: “{said}”" if said else ""
    who = preset.name if preset.id != "custom" else "The server"
    details = describe(status, headers, text, preset, keys)
    wait = retry_after_ms(headers, now)
    if wait is None and status == 429 and (delay := _RETRY_DELAY.search(text)):
        wait = float(delay[1]) * 1000

    if status == 400 and "API_KEY_INVALID" in text:  # Gemini's word for a wrong key
        status = 401
    if status == 401 or (status == 403 and not keys and preset.needs_key):
        if keys:
            todo = "Check the key in Settings" + (
                f", or make a new one at {preset.key_url}." if preset.key_url else "."
            )
            return Refused(f"{who} refused the API key ({status}).{said} {todo}", details=details)
        todo = f"Get one at {preset.key_url} and put it" if preset.key_url else "Put one"
        return Refused(f"{who} wants an API key ({status}).{said} {todo} into Settings.", details=details)
    if status == 403:
        todo = "Check what the key is allowed to do, and whether the model is open to it."
        return Refused(f"{who} does not allow this (403).{said} {todo}", details=details)
    if status == 404:
        todo = "Check Base URL and Model in Settings."
        return NotFound(f"{who} knows no such model or path (404).{said} {todo}", details=details)
    if status == 429:
        todo = (
            f"Retry in {_seconds(wait)}."
            if wait is not None
            else "Wait a little, then retry, or check your quota there."
        )
        sentence = f"{who} asks to wait: too many requests, or a quota used up (429).{said} {todo}"
        return RateLimited(sentence, details=details, retry_after_ms=wait)
    if status == 402:
        return BadRequest(
            f"{who} says that the credit is used up (402).{said} Top it up there, then retry.", details=details
        )
    if 400 <= status < 500:
        todo = "Check Model, temperature and max tokens in Settings, then retry."
        return BadRequest(f"{who} does not take this request ({status}).{said} {todo}", details=details)
    if status >= 500:
        todo = f"Retry in {_seconds(wait)}." if wait is not None else "The trouble is on its side: retry in a moment."
        return Unavailable(f"{who} has a problem ({status}).{said} {todo}", details=details, retry_after_ms=wait)
    return NotAnAnswer(
        f"{who} answered in an unexpected way ({status}). Check the Base URL in Settings.", details=details
    )


def retry_after_ms(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Tell how many ms the provider asks to wait, or None.

    ``retry-after-ms`` is OpenAI's; ``Retry-After`` is seconds or a date (RFC 9110, section 10.2.3). What can't be read
    is as if it were not there; a date gone by means 0.
    """
    milliseconds = _number(headers.get("retry-after-ms", ""))
    if milliseconds is not None:
        return milliseconds
    value = headers.get("retry-after", "").strip()
    seconds = _number(value)
    if seconds is not None:
        return seconds * 1000
    try:
        date = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError):
        return None
    if date.tzinfo is None:
        date = date.replace(tzinfo=UTC)
    return max(0.0, (date - (now or datetime.now(UTC))).total_seconds() * 1000)


def describe(status: int, headers: Mapping[str, str], text: str, preset: Preset, keys: Iterable[str]) -> str:
    """Write the technical details of an answer, to be copied: never with a key in them."""
    lines = [f"{preset.name} · HTTP {status}"]
    lines += [f"{name}: {headers[name]}" for name in ("content-type", *_REQUEST_IDS) if name in headers]
    # Taken out before it is shortened, so that no half of a key is left at the edge.
    return redact("\n".join([*lines, "", text[: 4 * DETAILS_LIMIT]]), keys)[:DETAILS_LIMIT].rstrip()


def _message(text: str) -> str:
    try:
        return message_of(json.loads(text))
    except (ValueError, RecursionError):
        plain = text.strip()
        return "" if plain.startswith("<") else plain


def _number(value: str) -> float | None:
    value = value.strip()
    whole, _, fraction = value.partition(".")
    plain = value.isascii() and whole.isdigit() and (not fraction or fraction.isdigit())
    return float(value) if plain and len(value) < 16 else None


def _seconds(ms: float) -> str:
    seconds = max(1, round(ms / 1000))
    return f"{seconds} second{'' if seconds == 1 else 's'}" if seconds < 120 else f"{round(seconds / 60)} minutes"
