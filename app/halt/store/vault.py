"""The vault: keys that a person wants remembered on this device, as they are or under one passphrase.

One JSON record, by origin; ``lock`` is there only with a passphrase, and then every key is sealed:

    {"version": 1,
     "lock": {"kdf": "PBKDF2-SHA-256", "rounds": 600000, "salt": …, "cipher": "AES-256-GCM", "iv": …, "proof": …},
     "keys": {"https://api.example.com": {"key": …} or {"iv": …, "ciphertext": …}}}

Bytes are base64. ``proof`` is an empty text, sealed: it tells a wrong passphrase from a damaged key. What is sealed is
sealed for its origin (as additional data), so that a ciphertext that was moved to another one does not open.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Any

from halt.store.migration import TextStore
from halt.store.vault_record import (
    NAME,
    VERSION,
    CannotOpen,
    Cipher,
    Lock,
    Record,
    dump_lock,
    lock_of,
    sealed_of,
)

# What the proof is sealed for; no origin looks like that.
_PROOF = "halt.keys"


class State(StrEnum):
    """What there is: nothing, keys as they are, keys under a passphrase, or what this version can't read."""

    EMPTY = "empty"
    PLAIN = "plain"
    LOCKED = "locked"
    OPEN = "open"
    NEWER = "newer"
    DAMAGED = "damaged"


class VaultError(Exception):
    """Keys that can't be remembered or opened; its text is the sentence for the person."""


class WrongPassphrase(VaultError):
    """The passphrase is not the one that the keys were sealed with."""

    def __init__(self) -> None:
        super().__init__("That is not the passphrase. Try again; capital letters count.")


class VaultLocked(VaultError):
    """Nothing can be added or changed before the keys were unlocked."""

    def __init__(self) -> None:
        super().__init__("The remembered keys are locked. Unlock them first, or forget them.")


class VaultNewer(VaultError):
    """A newer version wrote what is there; it is left alone."""

    def __init__(self) -> None:
        super().__init__("A newer version of Halt remembers keys here. Reload the page to get it; nothing was changed.")


class NotRemembered(VaultError):
    """The browser keeps nothing."""

    def __init__(self) -> None:
        super().__init__("This browser keeps nothing for this page: the key lasts until the tab closes.")


class Vault:
    """Reads the record anew each time, since other windows write it, too; what was opened here stays open here.

    Without a ``cipher`` there is no passphrase.
    """

    def __init__(self, store: TextStore, cipher: Cipher | None) -> None:
        self._store = store
        self._cipher = cipher
        self._opened: dict[str, str] = {}
        self._unreadable: set[tuple[str, bytes]] = set()
        self._lock: Lock | None = None
        self._secret: Any = None

    def __repr__(self) -> str:
        return f"Vault({self.state})"

    @property
    def can_seal(self) -> bool:
        """Tell whether a passphrase is possible here."""
        return self._cipher is not None

    @property
    def state(self) -> State:
        """What there is at this moment."""
        record = self._read()
        if record is None:
            return State.DAMAGED
        if record.get("version", VERSION) > VERSION:
            return State.NEWER
        if not record.get("keys"):
            return State.EMPTY
        lock = lock_of(record)
        if lock is None:
            return State.DAMAGED if "lock" in record else State.PLAIN
        return State.OPEN if lock == self._lock else State.LOCKED

    @property
    def origins(self) -> list[str]:
        """The origins whose keys are remembered."""
        return sorted(self._keys())

    def known(self, origin: str) -> str:
        """Give the key for ``origin`` if it can be had without a passphrase, or was unlocked; else empty."""
        entry = self._keys().get(origin)
        if sealed_of(entry):
            return self._opened.get(origin, "")
        key = entry.get("key") if isinstance(entry, dict) else ""
        return key if isinstance(key, str) else ""

    def is_locked(self, origin: str) -> bool:
        """Tell whether it takes the passphrase to have the key for ``origin``."""
        sealed = sealed_of(self._keys().get(origin))
        if sealed is None or origin in self._opened or (origin, sealed.ciphertext) in self._unreadable:
            return False
        return lock_of(self._read() or {}) is not None

    def is_unreadable(self, origin: str) -> bool:
        """Tell whether a key for ``origin`` is remembered that nothing can open."""
        return origin in self._keys() and not self.known(origin) and not self.is_locked(origin)

    # Opening

    async def unlock(self, passphrase: str) -> None:
        """Open all keys; raises ``WrongPassphrase``. One that is damaged stays where it is and counts as unreadable.

        Where another window has taken the passphrase away in between, there is nothing left to open.
        """
        record = self._read() or {}
        lock = lock_of(record)
        if lock is None:
            return
        if self._cipher is None:
            raise VaultLocked
        secret = await self._cipher.derive(_normal(passphrase), lock.salt, lock.rounds)
        try:
            await self._cipher.open(secret, lock.proof, _PROOF)
        except CannotOpen as error:
            raise WrongPassphrase from error
        for origin, entry in _keys_of(record).items():
            if sealed := sealed_of(entry):
                try:
                    self._opened[origin] = await self._cipher.open(secret, sealed, origin)
                except CannotOpen:
                    self._unreadable.add((origin, sealed.ciphertext))
        self._lock, self._secret = lock, secret

    # Remembering

    async def remember(self, origin: str, key: str) -> None:
        """Keep ``key`` for ``origin``, sealed where the others are. Raises a ``VaultError``."""

        async def change(record: Record) -> Record:
            lock = lock_of(record)
            entry = await self._seal(lock, self._secret, origin, key) if lock else {"key": key}
            return {**record, "keys": {**_keys_of(record), origin: entry}}

        await self._change(change)
        self._opened[origin] = key

    async def protect(self, passphrase: str, more: dict[str, str] | None = None) -> None:
        """Seal all keys, and ``more`` by origin, with a passphrase, instead of the one before. Raises a ``VaultError``.

        Salt, initialization vectors and the derived key are new ones. A passphrase alone is not kept.
        """
        if self._cipher is None or not passphrase:
            raise ValueError("there is nothing to seal with")
        if not _keys_of(self._writable()) and not more:
            return
        cipher = self._cipher
        salt = cipher.salt()
        secret = await cipher.derive(_normal(passphrase), salt, cipher.rounds)
        lock = Lock(cipher.rounds, salt, await cipher.seal(secret, "", _PROOF))
        sealed: dict[str, str] = {}

        async def change(record: Record) -> Record:
            sealed.clear()
            sealed.update({one: self.known(one) for one in _keys_of(record)} | (more or {}))
            keys = {one: await self._seal(lock, secret, one, key) for one, key in sealed.items() if key}
            return {**record, "lock": dump_lock(lock, record.get("lock")), "keys": keys}

        await self._change(change)
        self._opened.update(sealed)
        self._lock, self._secret = lock, secret

    async def unprotect(self) -> None:
        """Keep all keys as they are, without a passphrase. Raises a ``VaultError``."""

        async def change(record: Record) -> Record:
            keys = {origin: {"key": key} for origin in _keys_of(record) if (key := self.known(origin))}
            return {name: value for name, value in record.items() if name != "lock"} | {"keys": keys}

        await self._change(change)
        self._lock = self._secret = None

    def forget(self, origin: str) -> None:
        """Remember the key for ``origin`` no longer; needs no passphrase. Raises a ``VaultError``."""
        self._opened.pop(origin, None)
        record = self._writable()
        if origin not in _keys_of(record):
            return
        keys = {one: entry for one, entry in _keys_of(record).items() if one != origin}
        if keys:
            self._write({**record, "keys": keys})
        else:
            self.forget_all()

    def forget_all(self) -> None:
        """Remember no key, and no passphrase; what can't be read goes as well."""
        self._opened.clear()
        self._lock = self._secret = None
        self._store.remove(NAME)

    # The record

    def _read(self) -> Record | None:
        """Read the record; ``None`` where it is damaged."""
        try:
            record = json.loads(self._store.read(NAME) or "{}")
        except (ValueError, RecursionError):
            return None
        if not isinstance(record, dict) or not isinstance(record.get("keys", {}), dict):
            return None
        return record if isinstance(record.get("version", VERSION), int) else None

    def _keys(self) -> Record:
        return _keys_of(self._read() or {})

    def _writable(self) -> Record:
        record = self._read() or {}
        if record.get("version", VERSION) > VERSION:
            raise VaultNewer
        keys = _keys_of(record)
        if "lock" in record and (lock_of(record) is None or not keys):  # nothing can open what it has sealed
            keys = {origin: entry for origin, entry in keys.items() if sealed_of(entry) is None}
            return {name: value for name, value in record.items() if name != "lock"} | {"keys": keys}
        return record

    async def _change(self, change: Callable[[Record], Awaitable[Record]]) -> None:
        """Write what ``change`` makes of the record, and begin anew where another window was faster."""
        while True:
            before = self._store.read(NAME)
            record = self._writable()
            lock = lock_of(record)
            if lock and lock != self._lock:
                raise VaultLocked
            changed = await change(record)
            if self._store.read(NAME) == before:
                self._write(changed)
                return

    def _write(self, record: Record) -> None:
        if not self._store.write(NAME, json.dumps({**record, "version": VERSION})):
            raise NotRemembered

    async def _seal(self, lock: Lock, secret: Any, origin: str, key: str) -> Record:
        if self._cipher is None:
            raise VaultLocked
        return (await self._cipher.seal(secret, key, origin)).dump()


def _keys_of(record: Record) -> Record:
    """Give the keys of a record that this version may read."""
    newer = record.get("version", VERSION) > VERSION
    return {} if newer else record.get("keys", {})


def _normal(passphrase: str) -> str:
    """Give a passphrase the same bytes whichever keyboard it was typed on (RFC 8265, section 4.2.2)."""
    return unicodedata.normalize("NFC", passphrase)
