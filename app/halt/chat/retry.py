"""Asking again where a provider has too much to do: how long is waited, and when it is better told."""

from __future__ import annotations

from halt.providers.errors import RateLimited

# What is waited between attempts where the provider sends 429 and no Retry-After, in ms; as many attempts follow.
WAITS_MS = (2_000.0, 5_000.0, 15_000.0)
LONGEST_WAIT_MS = 120_000.0
ATTEMPTS = len(WAITS_MS) + 1


def wait_before_retry(attempt: int, error: RateLimited) -> float | None:
    """Tell how many ms to wait after the refused ``attempt`` (the first is 0); ``None``: tell the person instead."""
    if attempt >= len(WAITS_MS):
        return None
    wait_ms = WAITS_MS[attempt] if error.retry_after_ms is None else error.retry_after_ms
    return wait_ms if wait_ms <= LONGEST_WAIT_MS else None
