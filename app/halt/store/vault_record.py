"""The parts of the vault's record, and what seals them."""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Any, Protocol

NAME = "halt.keys"
VERSION = 1
KDF = "PBKDF2-SHA-256"
CIPHER = "AES-256-GCM"

# OWASP's Password Storage Cheat Sheet asks for 600,000 rounds of PBKDF2-HMAC-SHA256. A record that asks for fewer, or
# for so many that opening would never end, was not written by us.
LEAST_ROUNDS = 600_000
MOST_ROUNDS = 20_000_000

Record = dict[str, Any]


class CannotOpen(Exception):
    """What was sealed does not open: another secret, another origin, or damage."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A text that was sealed; ``iv`` is the initialization vector, and ``ciphertext`` ends with the cipher's tag."""

    iv: bytes
    ciphertext: bytes

    def dump(self) -> Record:
        """Write it as it is kept."""
        return {"iv": to_base64(self.iv), "ciphertext": to_base64(self.ciphertext)}


@dataclass(frozen=True, slots=True)
class Lock:
    """What it takes to make the secret of a passphrase again, and a ``proof`` that it is the right one."""

    rounds: int
    salt: bytes
    proof: Sealed


class Cipher(Protocol):
    """Seals texts with a secret that is derived from a passphrase."""

    @property
    def rounds(self) -> int:
        """How many rounds a new derivation takes."""
        ...

    def salt(self) -> bytes:
        """Make a new salt."""
        ...

    async def derive(self, passphrase: str, salt: bytes, rounds: int) -> Any:
        """Derive the secret; that is slow on purpose, and does not block."""
        ...

    async def seal(self, secret: Any, text: str, purpose: str) -> Sealed:
        """Seal ``text`` so that it opens for the same ``purpose`` only."""
        ...

    async def open(self, secret: Any, sealed: Sealed, purpose: str) -> str:
        """Open what was sealed; raises ``CannotOpen``."""
        ...


def sealed_of(entry: object) -> Sealed | None:
    """Read a sealed text; ``None`` where there is none."""
    if not isinstance(entry, dict):
        return None
    iv, ciphertext = from_base64(entry.get("iv")), from_base64(entry.get("ciphertext"))
    return Sealed(iv, ciphertext) if iv and ciphertext else None


def lock_of(record: Record) -> Lock | None:
    """Read a record's lock; ``None`` where there is none, or none that can be opened."""
    lock = record.get("lock")
    if not isinstance(lock, dict) or lock.get("kdf") != KDF or lock.get("cipher") != CIPHER:
        return None
    rounds, salt = lock.get("rounds"), from_base64(lock.get("salt"))
    proof = sealed_of({"iv": lock.get("iv"), "ciphertext": lock.get("proof")})
    if not isinstance(rounds, int) or not LEAST_ROUNDS <= rounds <= MOST_ROUNDS or not salt or not proof:
        return None
    return Lock(rounds, salt, proof)


def dump_lock(lock: Lock, before: object = None) -> Record:
    """Write a lock as it is kept; what a newer version has put into the one before stays."""
    own = {
        "kdf": KDF,
        "rounds": lock.rounds,
        "salt": to_base64(lock.salt),
        "cipher": CIPHER,
        "iv": to_base64(lock.proof.iv),
        "proof": to_base64(lock.proof.ciphertext),
    }
    return {**before, **own} if isinstance(before, dict) else own


def to_base64(data: bytes) -> str:
    """Write bytes as JSON can hold them."""
    return b64encode(data).decode("ascii")


def from_base64(text: object) -> bytes:
    """Read such bytes; empty where it is none."""
    try:
        return b64decode(text, validate=True) if isinstance(text, str) else b""
    except ValueError:
        return b""
