"""The field of the API key, and whether the key is remembered.

It shows no key but that of the origin that the Base URL leads to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import js

from halt.browser.boundary import Boundary
from halt.browser.dom import Element, Listeners, by_id
from halt.store.keys import KeyRing
from halt.store.vault import State, Vault, VaultError, VaultLocked
from halt.ui.settings import fields, words_on_keys
from halt.ui.settings.unlock import UnlockDialog, hide_passphrase


@dataclass(frozen=True, slots=True)
class _Typed:
    key: str
    remember: bool


class KeyField:
    """Holds the keys that are typed, each for its own origin, until the dialog closes.

    Another address shows its own key, or none, and the first one finds its key again. ``tell`` says what could not be
    remembered. Forgetting needs no Save: who presses it wants the key gone.
    """

    def __init__(
        self,
        keys: KeyRing,
        vault: Vault,
        unlock: UnlockDialog,
        boundary: Boundary,
        listeners: Listeners,
        tell: Callable[[str], None],
    ) -> None:
        self._ring = keys
        self._vault = vault
        self._unlock = unlock
        self._boundary = boundary
        self._tell = tell
        self._typed: dict[str, _Typed] = {}
        self._origin = ""
        self._removes_passphrase = False
        self._field = by_id("api-key")
        self._remember = by_id("remember-key")
        self._passphrase = by_id("key-passphrase")
        self.actions: dict[str, Callable[[Element], Any]] = {
            "unlock-key": lambda _: self._ask_passphrase(),
            "forget-key": lambda _: self._forget(),
            "forget-all-keys": lambda _: self._forget_all(),
            "remove-passphrase": lambda _: self._remove_passphrase(),
        }
        listeners.listen(self._remember, "change", lambda _: self.explain())
        listeners.listen(by_id("settings"), "close", lambda _: by_id("settings").open or self.clear())

    @property
    def key(self) -> str:
        """What is typed, without blanks around it."""
        return fields.value("api-key")

    def clear(self) -> None:
        """Forget whatever was typed."""
        self._typed = {}
        self._removes_passphrase = False
        self._origin = self._field.value = by_id("api-key-note").textContent = ""
        self._remember.checked = False
        hide_passphrase("key-passphrase")
        self.explain()

    def bind(self, origin: str) -> None:
        """Show the key of ``origin``, which is empty where the Base URL has none."""
        before = self._origin
        if origin == before:
            return
        typed = self._now
        if before:
            self._typed[before] = typed
        found = self._typed.get(origin) or self._known(origin)
        # A key that was typed before there was any address is meant for the first one.
        if not before and not found.key:
            found = _Typed(typed.key, typed.remember or found.remember)
        self._field.value, self._remember.checked = found.key, found.remember
        self._origin = origin
        self.explain()
        if before and typed.key and origin and not found.key and not self._vault.is_locked(origin):
            by_id("api-key-note").textContent = words_on_keys.left_behind(before, origin)

    def problems(self) -> Mapping[str, str]:
        """Say what can't be done with what is typed, by the field's id."""
        wants = self._remember.checked and self.key and self.key != self._vault.known(self._origin)
        locked = self._vault.state is State.LOCKED
        return {"remember-key": str(VaultLocked())} if wants and locked else {}

    def keep(self) -> None:
        """Put the keys that were typed into the key ring, each for its own origin, and remember those to remember."""
        self._typed[self._origin] = self._now
        passphrase = "" if by_id("key-passphrase-field").hidden else str(self._passphrase.value)
        typed = {origin: one for origin, one in self._typed.items() if origin}
        for origin, one in typed.items():
            self._ring.put(origin, one.key)
        self._boundary.spawn(self._keep(typed, passphrase, self._removes_passphrase))

    async def _keep(self, typed: Mapping[str, _Typed], passphrase: str, removes_passphrase: bool) -> None:
        vault = self._vault
        try:
            for origin, one in typed.items():
                gone = not one.key and not vault.is_locked(origin)
                if origin in vault.origins and (gone or not one.remember):
                    vault.forget(origin)
            new = {
                origin: one.key
                for origin, one in typed.items()
                if one.remember and one.key and one.key != vault.known(origin)
            }
            if removes_passphrase and not passphrase:
                await vault.unprotect()
            if passphrase:
                await vault.protect(passphrase, new)
            else:
                for origin, key in new.items():
                    await vault.remember(origin, key)
        except VaultError as error:
            self._tell(str(error))

    @property
    def _now(self) -> _Typed:
        return _Typed(self.key, bool(self._remember.checked))

    def _known(self, origin: str) -> _Typed:
        if not origin:
            return _Typed("", False)
        return _Typed(self._ring.get(origin), origin in self._vault.origins)

    # What stands below it

    def explain(self) -> None:
        """Say where the key is and why it does not show, and offer what can be done about it."""
        vault, origin = self._vault, self._origin
        state, remembered = vault.state, bool(origin) and origin in vault.origins
        locked = remembered and vault.is_locked(origin)
        under_passphrase = state in (State.LOCKED, State.OPEN) and not self._removes_passphrase
        by_id("unlock-key").hidden = not locked
        by_id("forget-key").hidden = not remembered
        by_id("api-key-help").textContent = words_on_keys.where_it_is(
            remembered=remembered, wanted=bool(self._remember.checked), under_passphrase=under_passphrase
        )
        by_id("api-key-note").textContent = words_on_keys.why_none_is_shown(
            state, locked=locked, unreadable=remembered and vault.is_unreadable(origin)
        )
        by_id("remember-key-help").textContent = words_on_keys.what_remembering_means(js.location.origin)
        by_id("forget-all-keys").hidden = len(vault.origins) < 2 and state not in (State.DAMAGED, State.NEWER)
        by_id("forget-all-keys").textContent = words_on_keys.forget_all(len(vault.origins))
        by_id("key-passphrase-field").hidden = not self._remember.checked or state is State.LOCKED
        by_id("remove-passphrase").hidden = not under_passphrase
        self._passphrase.disabled = not vault.can_seal
        by_id("key-passphrase-help").textContent = words_on_keys.what_a_passphrase_does(
            vault.can_seal, in_force=under_passphrase
        )

    def _ask_passphrase(self) -> None:
        origin = self._origin
        self._unlock.open(origin, lambda: self._show_again(origin))

    def _show_again(self, origin: str) -> None:
        """Show the key of ``origin`` as it is now; what was typed in its place stays."""
        if origin == self._origin:
            known = self._known(origin)
            self._field.value = self.key or known.key
            self._remember.checked = known.remember
            fields.unmark(self._field)
            fields.unmark(self._remember)
            self.explain()
            self._field.focus()

    def _forget(self) -> None:
        self._forget_by(lambda: self._vault.forget(self._origin), [self._origin])

    def _forget_all(self) -> None:
        self._forget_by(self._vault.forget_all, self._vault.origins)

    def _forget_by(self, forget: Callable[[], None], origins: Sequence[str]) -> None:
        try:
            forget()
        except VaultError as error:
            by_id("api-key-note").textContent = str(error)
            return
        for origin in origins:
            self._ring.put(origin, "")
            self._typed.pop(origin, None)
        if self._origin in origins:
            self._field.value = ""
        self._remember.checked = False
        self.explain()
        by_id("api-key-note").textContent = words_on_keys.FORGOTTEN
        self._field.focus()

    def _remove_passphrase(self) -> None:
        self._removes_passphrase = True
        hide_passphrase("key-passphrase")
        self.explain()
        self._passphrase.focus()
