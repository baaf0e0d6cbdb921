"""Keys: in memory, and remembered where a person wants that; each is bound to the origin that it was given for."""

from __future__ import annotations

from halt.providers.address import normalize_base_url, origin_of
from halt.providers.errors import KeyLocked
from halt.store.vault import Vault


class KeyRing:
    """Gives a key to no origin but its own, and forgets what is not in the ``vault`` when the page closes."""

    def __init__(self, vault: Vault | None = None) -> None:
        self._vault = vault
        self._keys: dict[str, str] = {}

    def put(self, base_url: str, key: str) -> None:
        """Have ``key`` for the origin of ``base_url`` while the page is open; an empty key forgets it."""
        origin = origin_of(base_url)
        if key:
            self._keys[origin] = key
        else:
            self._keys.pop(origin, None)

    def get(self, base_url: str) -> str:
        """Find the key for the origin of ``base_url``; empty where there is none, or none that is open."""
        origin = origin_of(base_url)
        return self._keys.get(origin) or (self._vault.known(origin) if self._vault else "")

    def require(self, base_url: str) -> str:
        """Find the key that a request to ``base_url`` needs; empty where there is none.

        Raises ``KeyLocked`` where it takes the passphrase to have it, and ``BadAddress``.
        """
        if not base_url.strip():
            return ""
        origin = origin_of(normalize_base_url(base_url))
        key = self.get(origin)
        if not key and self._vault and self._vault.is_locked(origin):
            raise KeyLocked(origin)
        return key

    def __repr__(self) -> str:
        return f"KeyRing({len(self._keys)} keys)"
