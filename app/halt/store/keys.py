"""Keys: in memory only, each bound to the origin that it was given for."""

from __future__ import annotations

from halt.providers.address import origin_of


class KeyRing:
    """Gives a key to no origin but its own, and forgets everything when the page closes."""

    def __init__(self) -> None:
        self._keys: dict[str, str] = {}

    def put(self, base_url: str, key: str) -> None:
        """Keep ``key`` for the origin of ``base_url``; an empty key forgets it."""
        origin = origin_of(base_url)
        if key:
            self._keys[origin] = key
        else:
            self._keys.pop(origin, None)

    def get(self, base_url: str) -> str:
        """Find the key for the origin of ``base_url``; empty where there is none."""
        return self._keys.get(origin_of(base_url), "")

    def __repr__(self) -> str:
        return f"KeyRing({len(self._keys)} keys)"
