"""The field of the API key: it shows no key but that of the origin that the Base URL leads to."""

from __future__ import annotations

from halt.browser.dom import by_id
from halt.store.keys import KeyRing
from halt.ui import fields


class KeyField:
    """Holds the keys that are typed, each for its own origin, until the dialog closes.

    Another address shows its own key, or none, and the first one finds its key again.
    """

    def __init__(self, keys: KeyRing) -> None:
        self._ring = keys
        self._typed: dict[str, str] = {}
        self._origin = ""
        self._field = by_id("api-key")

    @property
    def key(self) -> str:
        """What is typed, without blanks around it."""
        return fields.value("api-key")

    def clear(self) -> None:
        """Forget whatever was typed."""
        self._typed = {}
        self._origin = self._field.value = ""

    def bind(self, origin: str) -> None:
        """Show the key of ``origin``, which is empty where the Base URL has none."""
        before = self._origin
        if origin == before:
            return
        typed = self.key
        if before:
            self._typed[before] = typed
        found = self._typed.get(origin, self._ring.get(origin) if origin else "")
        # A key that was typed before there was any address is meant for the first one.
        self._field.value = found or ("" if before else typed)
        self._origin = origin
        left_behind = before and typed and origin and not self._field.value
        by_id("api-key-note").textContent = (
            f"The key for {before} does not go to {origin}: enter the one for {origin}." if left_behind else ""
        )

    def keep(self) -> None:
        """Put the keys that were typed into the key ring, each for its own origin."""
        self._typed[self._origin] = self.key
        for origin, key in self._typed.items():
            if origin:
                self._ring.put(origin, key)
