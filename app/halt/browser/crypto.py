"""Sealing with the browser's own cryptography (Web Cryptography API); its work is native and blocks nothing."""

from __future__ import annotations

from typing import Any

import js
from pyodide.ffi import to_js

from halt.browser.promise import Rejected, outcome
from halt.store.vault_record import LEAST_ROUNDS, CannotOpen, Sealed

SALT_BYTES = 16
# NIST SP 800-38D, section 8.2.2: random, and a new one for each sealing.
IV_BYTES = 12


def cipher_here() -> WebCipher | None:
    """Give the browser's cipher; a page that came over plain http from another machine has none."""
    subtle = getattr(getattr(js, "crypto", None), "subtle", None)
    return WebCipher(subtle) if subtle else None


class WebCipher:
    """Implements ``halt.store.vault_record.Cipher``: PBKDF2 with SHA-256, and AES-GCM with 256 bits.

    The secret is a ``CryptoKey`` that no script can read, this one included.
    """

    rounds = LEAST_ROUNDS

    def __init__(self, subtle: Any) -> None:
        self._subtle = subtle

    def salt(self) -> bytes:
        """See ``Cipher``."""
        return _random(SALT_BYTES)

    async def derive(self, passphrase: str, salt: bytes, rounds: int) -> Any:
        """See ``Cipher``."""
        typed = _bytes(passphrase.encode("utf-8", "replace"))
        material = await outcome(self._subtle.importKey("raw", typed, "PBKDF2", False, to_js(["deriveKey"])))
        how = _object(name="PBKDF2", hash="SHA-256", salt=_bytes(salt), iterations=rounds)
        result = _object(name="AES-GCM", length=256)
        return await outcome(self._subtle.deriveKey(how, material, result, False, to_js(["encrypt", "decrypt"])))

    async def seal(self, secret: Any, text: str, purpose: str) -> Sealed:
        """See ``Cipher``."""
        iv = _random(IV_BYTES)
        sealed = await outcome(self._subtle.encrypt(_how(iv, purpose), secret, _bytes(text.encode())))
        return Sealed(iv, sealed.to_bytes())

    async def open(self, secret: Any, sealed: Sealed, purpose: str) -> str:
        """See ``Cipher``."""
        try:
            opened = await outcome(self._subtle.decrypt(_how(sealed.iv, purpose), secret, _bytes(sealed.ciphertext)))
            return str(opened.to_bytes().decode())
        except (Rejected, UnicodeDecodeError) as error:
            raise CannotOpen from error


def _how(iv: bytes, purpose: str) -> Any:
    return _object(name="AES-GCM", iv=_bytes(iv), additionalData=_bytes(purpose.encode()), tagLength=128)


def _random(count: int) -> bytes:
    return bytes(js.crypto.getRandomValues(js.Uint8Array.new(count)).to_bytes())


def _bytes(data: bytes) -> Any:
    """Copy bytes into JavaScript."""
    return to_js(data)


def _object(**fields: Any) -> Any:
    return js.Object.fromEntries(to_js(list(fields.items())))
