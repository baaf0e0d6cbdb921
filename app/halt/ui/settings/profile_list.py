"""All profiles while the settings are open: one is shown in the fields, the others wait with what was typed in them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from halt.browser.dom import Element, Listeners, by_id
from halt.providers.base import ProviderSettings
from halt.providers.presets import preset
from halt.store.profiles import MOST_NAME, Profile, PromptPreset
from halt.store.settings import Settings
from halt.ui.settings import fields
from halt.ui.settings.deleted import Deleted
from halt.ui.settings.profile_form import ProfileDraft, ProfileForm


class ProfileList:
    """Lets a person choose, add, copy and delete profiles; what is typed in each stays until the dialog closes."""

    def __init__(self, form: ProfileForm, listeners: Listeners) -> None:
        self._form = form
        self._drafts: list[ProfileDraft] = []
        self._shown = ProfileDraft(Profile())
        self._in_force = ""
        self._known: set[str] = set()
        self._deleted: Deleted[ProfileDraft] = Deleted("profile-note")
        self.actions: dict[str, Callable[[Element], Any]] = {
            "profile-new": lambda _: self._add(Profile(uuid.uuid4().hex, provider=_NOBODY_YET)),
            "profile-copy": lambda _: self._copy(),
            "profile-delete": lambda _: self._delete(),
            "profile-undelete": lambda _: self._undelete(),
        }
        listeners.listen(by_id("profile"), "change", lambda _: self._chosen())
        listeners.listen(by_id("profile-name"), "input", lambda _: self._named())
        listeners.listen(by_id("provider"), "change", lambda _: self._named())
        listeners.listen(by_id("profile-default"), "change", lambda _: self._put_in_force())

    def fill(self, settings: Settings, profile_id: str) -> None:
        """Show the profile of this id; whatever was typed before is forgotten."""
        self._form.begin()
        self._drafts = [ProfileDraft(one) for one in settings.profiles]
        self._known = {one.id for one in settings.profiles}
        self._in_force = settings.in_force.id
        self._deleted.clear()
        self._show(next((one for one in self._drafts if one.profile.id == profile_id), self._drafts[0]))

    def read(self, settings: Settings) -> Settings:
        """Put all profiles into ``settings``; raises ``InvalidFields`` for the one that is then shown."""
        read = {self._shown.profile.id: self._form.read(needs_model=True)}
        self._form.leave()
        shown = self._shown
        for draft in self._drafts:
            if draft is not shown and draft.seen:
                self._show(draft, left=True)
                read[draft.profile.id] = self._form.read(needs_model=True)
                self._form.leave()
        if self._shown is not shown:
            self._show(shown, left=True)
        profiles = [read.get(one.profile.id) or settings.find(one.profile.id) or one.profile for one in self._drafts]
        profiles += [one for one in settings.profiles if one.id not in self._known]  # of another window, meanwhile
        return replace(settings, profiles=tuple(map(_without_key, profiles)), profile=self._in_force)

    def offer_prompts(self, prompts: tuple[PromptPreset, ...]) -> None:
        """Let profiles choose among these prompts of the library."""
        self._form.offer_prompts(prompts)

    def _show(self, draft: ProfileDraft, *, left: bool = False) -> None:
        if not left and self._shown in self._drafts and self._shown is not draft and self._shown.seen:
            self._form.leave()
        self._shown = draft
        self._form.show(draft)
        self._list()

    def _list(self) -> None:
        rows = list(zip((one.profile.id for one in self._drafts), self._names(), strict=True))
        fields.set_options(by_id("profile"), rows, self._shown.profile.id)
        by_id("profile-delete").disabled = len(self._drafts) == 1
        default = by_id("profile-default")
        default.checked = self._shown.profile.id == self._in_force
        default.disabled = default.checked

    def _names(self) -> list[str]:
        """Name the profiles, so that no two are called the same."""
        names: list[str] = []
        for draft in self._drafts:
            name, number = draft.name, 1
            while name in names:
                number += 1
                name = f"{draft.name} ({number})"
            names.append(name)
        return names

    def _chosen(self) -> None:
        wanted = str(by_id("profile").value)
        fields.mark_all(by_id("settings-form"), {})
        self._show(next(one for one in self._drafts if one.profile.id == wanted))

    def _named(self) -> None:
        self._shown.name = fields.value("profile-name") or preset(str(by_id("provider").value)).name
        self._list()

    def _put_in_force(self) -> None:
        if by_id("profile-default").checked:
            self._in_force = self._shown.profile.id
            self._list()

    def _add(self, profile: Profile) -> None:
        fields.mark_all(by_id("settings-form"), {})
        self._form.leave()
        draft = ProfileDraft(profile)
        self._drafts.append(draft)
        self._in_force = profile.id  # who makes one is going to use it
        self._show(draft, left=True)
        by_id("profile-name").focus()

    def _copy(self) -> None:
        self._form.leave()
        draft, own = self._shown, uuid.uuid4().hex
        profile = replace(draft.profile, id=own)
        copy = ProfileDraft(profile, providers=dict(draft.providers), texts=dict(draft.texts))
        copy.preset, copy.prompt, copy.own_prompt = draft.preset, draft.prompt, draft.own_prompt
        copy.texts["profile-name"] = copy.name = f"Copy of {draft.name}"[:MOST_NAME]
        copy.prices = draft.prices.copy()
        self._drafts.insert(self._drafts.index(draft) + 1, copy)
        self._show(copy, left=True)
        by_id("profile-name").focus()
        by_id("profile-name").select()

    def _delete(self) -> None:
        self._form.leave()
        gone = self._shown
        place = self._drafts.index(gone)
        self._drafts.remove(gone)
        after = self._drafts[min(place, len(self._drafts) - 1)]
        if gone.profile.id == self._in_force:
            self._in_force = self._drafts[0].profile.id
        fields.mark_all(by_id("settings-form"), {})
        self._show(after, left=True)
        self._deleted.hold(place, gone, gone.name)
        by_id("profile").focus()

    def _undelete(self) -> None:
        if held := self._deleted.give_back():
            place, draft = held
            self._form.leave()
            self._drafts.insert(place, draft)
            self._show(draft, left=True)
        by_id("profile").focus()


_NOBODY_YET = ProviderSettings(preset="custom", model="")


def _without_key(profile: Profile) -> Profile:
    return replace(profile, provider=replace(profile.provider, api_key=""))
