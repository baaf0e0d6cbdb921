"""The vault: what is remembered of keys, with and without a passphrase, and what damage leaves of it."""

from __future__ import annotations

import asyncio
import itertools
import json
from hashlib import sha256
from typing import Any

import pytest

from halt.providers.errors import BadAddress, KeyLocked
from halt.store.keys import KeyRing
from halt.store.vault import NotRemembered, State, Vault, VaultLocked, VaultNewer, WrongPassphrase
from halt.store.vault_record import LEAST_ROUNDS, NAME, CannotOpen, Sealed

A, B = "https://a.example", "https://b.example:8443"
KEY, OTHER = "sk-0123456789abcdef", "sk-fedcba9876543210"
PASSPHRASE = "correct horse"


class Shelf:
    """Keeps texts, as all windows of a browser see them."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.blocked = False

    def read(self, name: str) -> str | None:
        return self.texts.get(name)

    def write(self, name: str, text: str) -> bool:
        if not self.blocked:
            self.texts[name] = text
        return not self.blocked

    def remove(self, name: str) -> None:
        self.texts.pop(name, None)

    @property
    def record(self) -> Any:
        return json.loads(self.texts[NAME])


class ToyCipher:
    """Has the shape of the browser's cipher, and hides nothing from anyone who tries."""

    rounds = LEAST_ROUNDS

    def __init__(self) -> None:
        self.numbers = itertools.count(1)

    def salt(self) -> bytes:
        return b"salt%d" % next(self.numbers)

    async def derive(self, passphrase: str, salt: bytes, rounds: int) -> Any:
        await asyncio.sleep(0)
        return sha256(b"%b/%b/%d" % (passphrase.encode(), salt, rounds)).digest()

    async def seal(self, secret: Any, text: str, purpose: str) -> Sealed:
        await asyncio.sleep(0)
        iv = b"iv%d" % next(self.numbers)
        tag = sha256(secret + iv + purpose.encode() + text.encode()).digest()
        return Sealed(iv, tag + text.encode()[::-1])

    async def open(self, secret: Any, sealed: Sealed, purpose: str) -> str:
        await asyncio.sleep(0)
        tag, text = sealed.ciphertext[:32], sealed.ciphertext[32:][::-1]
        if tag != sha256(secret + sealed.iv + purpose.encode() + text).digest():
            raise CannotOpen
        return text.decode()


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def vault(shelf: Shelf) -> Vault:
    return Vault(shelf, ToyCipher())


def next_visit(shelf: Shelf) -> Vault:
    return Vault(shelf, ToyCipher())


async def test_nothing_is_kept_before_somebody_wants_it(shelf: Shelf, vault: Vault) -> None:
    ring = KeyRing(vault)
    ring.put(A, KEY)
    assert shelf.texts == {}
    assert vault.state is State.EMPTY
    assert KeyRing(next_visit(shelf)).get(A) == ""


async def test_without_a_passphrase_a_key_is_there_on_the_next_visit(shelf: Shelf, vault: Vault) -> None:
    await vault.remember(A, KEY)
    assert shelf.record == {"version": 1, "keys": {A: {"key": KEY}}}
    later = next_visit(shelf)
    assert later.state is State.PLAIN
    assert KeyRing(later).require(f"{A}/v1") == KEY
    assert KeyRing(later).require(B) == ""
    assert KeyRing(later).require(" ") == ""


async def test_under_a_passphrase_it_takes_the_passphrase_once_a_visit(shelf: Shelf, vault: Vault) -> None:
    await vault.protect(PASSPHRASE, {A: KEY})
    await vault.remember(B, OTHER)
    assert vault.state is State.OPEN
    assert not any(secret in shelf.texts[NAME] for secret in (KEY, OTHER, PASSPHRASE))
    later = next_visit(shelf)
    ring = KeyRing(later)
    assert later.state is State.LOCKED
    assert later.origins == [A, B]
    with pytest.raises(KeyLocked) as locked:
        ring.require(A)
    assert locked.value.origin == A
    with pytest.raises(WrongPassphrase):
        await later.unlock("Correct horse")
    assert later.is_locked(A)
    await later.unlock(PASSPHRASE)
    assert (ring.require(A), ring.require(B)) == (KEY, OTHER)
    assert later.state is State.OPEN


async def test_a_passphrase_is_the_same_however_its_letters_were_typed(shelf: Shelf, vault: Vault) -> None:
    await vault.protect("Z\u00fcrich", {A: KEY})
    later = next_visit(shelf)
    await later.unlock("Zu\u0308rich")
    assert later.known(A) == KEY


async def test_a_key_that_was_typed_needs_no_passphrase(shelf: Shelf, vault: Vault) -> None:
    await vault.protect(PASSPHRASE, {A: KEY})
    ring = KeyRing(next_visit(shelf))
    ring.put(A, OTHER)
    assert ring.require(A) == OTHER
    ring.put(A, "")
    with pytest.raises(KeyLocked):
        ring.require(A)
    with pytest.raises(BadAddress):
        ring.require("ftp://x")


async def test_the_passphrase_is_changed_and_taken_away(shelf: Shelf, vault: Vault) -> None:
    await vault.remember(A, KEY)
    await vault.protect(PASSPHRASE)
    before = shelf.record
    await vault.protect("another")
    after = shelf.record
    assert after["lock"]["salt"] != before["lock"]["salt"]
    assert after["keys"][A]["iv"] != before["keys"][A]["iv"]
    later = next_visit(shelf)
    with pytest.raises(WrongPassphrase):
        await later.unlock(PASSPHRASE)
    with pytest.raises(VaultLocked):
        await later.unprotect()
    await later.unlock("another")
    await later.unprotect()
    assert shelf.record == {"version": 1, "keys": {A: {"key": KEY}}}
    assert later.state is State.PLAIN


async def test_while_it_is_locked_nothing_is_added_and_anything_is_forgotten(shelf: Shelf, vault: Vault) -> None:
    await vault.protect(PASSPHRASE, {A: KEY, B: OTHER})
    later = next_visit(shelf)
    for work in (later.remember(A, "sk-new"), later.protect("new")):
        with pytest.raises(VaultLocked):
            await work
    later.forget(A)
    assert later.origins == [B]
    later.forget(A)
    later.forget(B)
    assert shelf.texts == {}
    assert later.state is State.EMPTY
    await later.remember(A, KEY)  # with the last key the passphrase went, too
    assert shelf.record["keys"] == {A: {"key": KEY}}


async def test_what_is_moved_to_another_origin_does_not_open(shelf: Shelf, vault: Vault) -> None:
    await vault.protect(PASSPHRASE, {A: KEY, B: OTHER})
    record = shelf.record
    record["keys"] = {A: record["keys"][A], B: record["keys"][A]}
    shelf.texts[NAME] = json.dumps(record)
    later = next_visit(shelf)
    await later.unlock(PASSPHRASE)
    assert later.known(A) == KEY
    assert later.known(B) == ""
    assert later.is_unreadable(B)
    assert not later.is_locked(B)
    assert KeyRing(later).require(B) == ""


@pytest.mark.parametrize(
    "text", ["{", "[]", '"x"', "[" * 100_000, '{"keys": []}', '{"version": "two", "keys": {}}', '{"version": null}']
)
async def test_a_damaged_record_stops_nothing(shelf: Shelf, vault: Vault, text: str) -> None:
    shelf.texts[NAME] = text
    assert vault.state is State.DAMAGED
    assert vault.origins == []
    assert KeyRing(vault).require(A) == ""
    vault.forget(A)
    await vault.remember(A, KEY)
    assert vault.state is State.PLAIN
    assert next_visit(shelf).known(A) == KEY


@pytest.mark.parametrize(
    "entry", [None, 1, "sk", {}, {"key": 1}, {"iv": "aa", "ciphertext": "?"}, {"iv": [], "key": ""}]
)
async def test_a_damaged_key_costs_no_other(shelf: Shelf, entry: object) -> None:
    shelf.texts[NAME] = json.dumps({"version": 1, "keys": {A: entry, B: {"key": OTHER}}})
    vault = next_visit(shelf)
    assert vault.known(B) == OTHER
    assert vault.is_unreadable(A)
    assert KeyRing(vault).require(A) == ""
    await vault.remember(A, KEY)
    assert (next_visit(shelf).known(A), next_visit(shelf).known(B)) == (KEY, OTHER)


@pytest.mark.parametrize(
    "damage", [{"kdf": "md5"}, {"rounds": 1000}, {"rounds": 10**12}, {"salt": "!"}, {"cipher": "XOR"}, {"proof": 7}]
)
async def test_a_lock_that_nothing_opens_is_no_lock(shelf: Shelf, vault: Vault, damage: dict[str, Any]) -> None:
    await vault.protect(PASSPHRASE, {A: KEY})
    record = shelf.record
    record["lock"] |= damage
    shelf.texts[NAME] = json.dumps(record)
    later = next_visit(shelf)
    assert later.state is State.DAMAGED
    assert later.is_unreadable(A)
    await later.remember(B, OTHER)
    assert shelf.record == {"version": 1, "keys": {B: {"key": OTHER}}}


async def test_what_a_newer_version_wrote_stays(shelf: Shelf, vault: Vault) -> None:
    newer = {"version": 2, "keys": {A: {"key": KEY}}, "more": 1}
    shelf.texts[NAME] = json.dumps(newer)
    assert vault.state is State.NEWER
    assert vault.known(A) == ""
    for work in (vault.remember(A, OTHER), vault.protect(PASSPHRASE)):
        with pytest.raises(VaultNewer):
            await work
    with pytest.raises(VaultNewer):
        vault.forget(A)
    assert shelf.record == newer
    vault.forget_all()
    assert shelf.texts == {}


async def test_fields_of_a_newer_version_survive_an_older_one(shelf: Shelf, vault: Vault) -> None:
    await vault.protect(PASSPHRASE, {A: KEY})
    record = shelf.record
    shelf.texts[NAME] = json.dumps({**record, "more": 1, "lock": {**record["lock"], "hint": "?"}})
    await vault.remember(B, OTHER)
    await vault.protect("another")
    assert shelf.record["more"] == 1
    assert shelf.record["lock"]["hint"] == "?"


async def test_a_passphrase_without_a_key_locks_nothing(shelf: Shelf, vault: Vault) -> None:
    await vault.protect(PASSPHRASE)
    assert shelf.texts == {}
    await vault.protect(PASSPHRASE, {A: KEY})
    shelf.texts[NAME] = json.dumps({**shelf.record, "keys": {}})
    later = next_visit(shelf)
    assert later.state is State.EMPTY
    await later.remember(B, OTHER)
    assert shelf.record == {"version": 1, "keys": {B: {"key": OTHER}}}
    await later.unlock("whatever: nothing is locked")


async def test_a_browser_that_keeps_nothing_says_so(shelf: Shelf, vault: Vault) -> None:
    shelf.blocked = True
    with pytest.raises(NotRemembered):
        await vault.remember(A, KEY)
    with pytest.raises(NotRemembered):
        await vault.protect(PASSPHRASE, {A: KEY})


async def test_without_a_cipher_keys_are_kept_as_they_are(shelf: Shelf) -> None:
    vault = Vault(shelf, None)
    assert not vault.can_seal
    await vault.remember(A, KEY)
    assert vault.known(A) == KEY
    with pytest.raises(ValueError, match="nothing to seal with"):
        await vault.protect(PASSPHRASE)


async def test_two_windows_lose_nothing_of_each_other(shelf: Shelf, vault: Vault) -> None:
    await vault.protect(PASSPHRASE, {A: KEY})
    other = next_visit(shelf)
    await other.unlock(PASSPHRASE)
    # Both seal at once; each waits in the middle of it.
    await asyncio.gather(vault.remember(A, "sk-new"), other.remember(B, OTHER))
    later = next_visit(shelf)
    await later.unlock(PASSPHRASE)
    assert (later.known(A), later.known(B)) == ("sk-new", OTHER)
    await other.protect("another")
    with pytest.raises(VaultLocked):  # its secret fits no more
        await vault.remember(B, KEY)
    assert vault.known(A) == "sk-new"  # what was opened in a window stays open there
    assert vault.state is State.LOCKED
    other.forget(A)
    assert vault.known(A) == ""


def test_a_vault_does_not_show_what_is_in_it(shelf: Shelf, vault: Vault) -> None:
    shelf.texts[NAME] = json.dumps({"version": 1, "keys": {A: {"key": KEY}}})
    assert KEY not in f"{vault!r}{KeyRing(vault)!r}"
