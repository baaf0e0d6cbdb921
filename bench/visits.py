"""How visits follow each other where starts are measured, so that a later visit finds what people's browsers keep."""

from __future__ import annotations

STAY_MS = 4_000
"""How long a visit lasts once its page is up: Halt asks for its service worker after three quiet seconds, and Chromium
keeps compiled WebAssembly when for two seconds nothing was compiled."""
BEFORE = 3
"""Visits before one that counts as a later visit: a browser keeps what it compiled in the second, and behind a service
worker, which answers from the second visit on, in the third."""
