"""Theme, letter size and send key, on the page; ``public/early.js`` does the same before Python is there."""

from __future__ import annotations

from functools import cache

import js

from halt.store.settings import MOD_ENTER, Settings


@cache
def mod_key() -> str:
    """Name the key that shortcuts go with on this machine.

    It is looked up when it is first needed, since the import was elsewhere (``tools/snapshot/make.mjs``).
    """
    return "⌘" if any(name in str(js.navigator.platform) for name in ("Mac", "iPhone", "iPad")) else "Ctrl"


def apply_looks(settings: Settings) -> None:
    """Show the page as the settings want it."""
    js.applyLooks(settings.theme, settings.font_size, settings.send_key)


def sends_with_mod() -> bool:
    """Tell whether Enter alone starts a new line, and Ctrl or Cmd with it sends."""
    return str(js.document.documentElement.dataset.sendKey) == MOD_ENTER


def send_help(send_key: str) -> str:
    """Explain the keys that go with a way to send."""
    mod = mod_key()
    if send_key == MOD_ENTER:
        keys = f"{mod}+Enter sends, Enter starts a new line, {mod}+Shift+Enter stops what runs and sends."
    else:
        keys = f"Enter sends, Shift+Enter starts a new line, {mod}+Enter stops what runs and sends."
    return f"{keys} Esc stops in any case."
