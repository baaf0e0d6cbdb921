"""Who answers in the visible chat: the line at the top, and the menu that changes it in two keystrokes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import js

from halt.browser.dom import Element, Listeners, by_id, from_template, part
from halt.chat.conversation import Conversation, Reply
from halt.chat.overrides import Overrides
from halt.providers.base import ProviderSettings
from halt.store.settings import Settings
from halt.ui.page import Page

GONE = "The profile that this chat used is gone: “{name}” answers now. The name at the top of the page chooses another."

# A longer list is no menu any more; the dialog "This chat" takes any name.
MOST_MODELS = 12


class Who:
    """Shows profile and model, and lets a person choose others for this chat.

    ``open_chat`` opens the dialog with all that a chat can have of its own.
    """

    def __init__(self, page: Page, settings: Settings, open_chat: Callable[[], None], listeners: Listeners) -> None:
        self._page = page
        self._open_chat = open_chat
        self.settings = settings
        self._button = by_id("who")
        self._menu = by_id("who-menu")
        self._choices: list[Callable[[], None]] = []
        self._listed: dict[tuple[str, str], list[str]] = {}
        self._by_key = False
        self.actions: dict[str, Callable[[Element], Any]] = {
            "choose-who": lambda item: self._choose(int(item.dataset.number)),
        }
        # The line opens it by itself ("popovertarget"), so that a second click closes it again.
        listeners.listen(self._menu, "beforetoggle", self._opening)
        listeners.listen(self._menu, "toggle", self._toggled)

    def sync(self) -> None:
        """Show who answers in the visible chat; where its profile is gone, that is said once."""
        page = self._page
        asking, chat = page.workspace.asking, page.workspace.current
        text = self._says(chat)
        if self._button.textContent != text:
            self._button.textContent = text
        self._button.hidden = False
        if asking.has_lost_profile(chat):
            page.notices.show(GONE.format(name=self._profile_name(chat)), once=True)

    def learn(self, settings: ProviderSettings, models: list[str]) -> None:
        """Remember which models a provider has, for as long as the page is open."""
        self._listed[settings.preset, settings.base_url] = models

    def models_of(self, settings: ProviderSettings) -> list[str]:
        """List the models that are known of a provider."""
        return self._listed.get((settings.preset, settings.base_url), [])

    def _says(self, chat: Conversation) -> str:
        settings = self._page.workspace.asking.settings_for(chat)
        return " · ".join(filter(None, (self._profile_name(chat), settings.model, *settings.also_models)))

    def _profile_name(self, chat: Conversation) -> str:
        profile = self.settings.find(self._page.workspace.asking.profile_of(chat))
        return (profile or self.settings.in_force).name

    # The menu

    def _opening(self, event: Any) -> None:
        if event.newState != "open":
            return
        self._fill()
        place = self._button.getBoundingClientRect()
        self._menu.style.top = f"{place.bottom + 4}px"
        width = 20 * float(js.getComputedStyle(js.document.documentElement).fontSize.removesuffix("px"))
        self._menu.style.left = f"{max(8, min(place.left, js.innerWidth - width - 8))}px"

    def _toggled(self, event: Any) -> None:
        is_open = event.newState == "open"
        self._button.setAttribute("aria-expanded", "true" if is_open else "false")
        if is_open:
            self._focus_chosen()
        else:
            self._by_key = False

    def _focus_chosen(self) -> None:
        items = list(self._items())
        chosen = [one for one in items if one.getAttribute("aria-checked") == "true"]
        (chosen or items)[0].focus()

    def key(self, event: Any) -> bool:
        """Take a key that is meant for the menu, or opens it; False where it is not."""
        if event.altKey and event.shiftKey and event.code == "KeyM":
            event.preventDefault()
            self._by_key = True  # the focus then goes back to the message
            self._menu.showPopover()
            self._focus_chosen()
            return True
        if not self._menu.matches(":popover-open") or not self._menu.contains(event.target):
            return False
        items = list(self._items())
        place = next((number for number, one in enumerate(items) if one.contains(event.target)), 0)
        if event.key in ("ArrowDown", "ArrowUp"):
            items[(place + (1 if event.key == "ArrowDown" else -1)) % len(items)].focus()
        elif event.key in ("Home", "End"):
            items[0 if event.key == "Home" else -1].focus()
        elif event.key in ("Escape", "Tab"):
            self._close()
        elif event.key.isdigit() and 0 < int(event.key) <= len(items):
            items[int(event.key) - 1].click()
        else:
            return event.key not in ("Enter", " ")
        event.preventDefault()
        return True

    def _items(self) -> Any:
        return self._menu.querySelectorAll("[role^=menuitem]")

    def _fill(self) -> None:
        asking, chat = self._page.workspace.asking, self._page.workspace.current
        chosen, settings = asking.profile_of(chat), asking.settings_for(chat)
        self._choices = []
        rows: list[Element] = [self._heading("Profile")]
        for profile in self.settings.profiles:
            rows.append(
                self._row(profile.name, profile.provider.model, profile.id == chosen, self._taking_profile(profile.id))
            )
        if len(models := self._models(chat)) > 1:
            rows.append(self._heading("Model"))
            rows += [self._row(name, "", name == settings.model, self._taking_model(name)) for name in models]
        rows.append(self._row("This chat…", "model, parameters and prompt", None, self._open_chat))
        self._menu.replaceChildren(*rows)

    def _models(self, chat: Conversation) -> list[str]:
        profile = self.settings.find(self._page.workspace.asking.profile_of(chat)) or self.settings.in_force
        own, settings = profile.provider, self._page.workspace.asking.settings_for(chat)
        name = self._page.workspace.asking.provider_name(settings)
        asked = [turn.model for turn in chat.path() if isinstance(turn, Reply) and turn.provider == name]
        names = [own.model, settings.model, *own.also_models, *asked, *self.models_of(own)]
        return list(dict.fromkeys(filter(None, names)))[:MOST_MODELS]

    def _heading(self, text: str) -> Element:
        heading = js.document.createElement("div")
        heading.className, heading.textContent = "menu-heading", text
        heading.setAttribute("role", "presentation")
        return heading

    def _row(self, name: str, about: str, checked: bool | None, choose: Callable[[], None]) -> Element:
        row = from_template("who-piece")
        row.dataset.number = str(len(self._choices))
        self._choices.append(choose)
        if checked is None:
            row.setAttribute("role", "menuitem")
        else:
            row.setAttribute("aria-checked", "true" if checked else "false")
        part(row, "name").textContent, part(row, "about").textContent = name, about
        part(row, "key").textContent = str(len(self._choices)) if len(self._choices) < 10 else ""
        return row

    def _choose(self, number: int) -> None:
        self._close()
        self._choices[number]()

    def _taking_profile(self, profile_id: str) -> Callable[[], None]:
        return lambda: self.take(replace(self._page.workspace.current.overrides, profile=profile_id, model=""))

    def _taking_model(self, model: str) -> Callable[[], None]:
        def take() -> None:
            asking, chat = self._page.workspace.asking, self._page.workspace.current
            profile = asking.profile_of(chat)
            own = asking.profiles[profile].model if profile in asking.profiles else asking.settings.model
            self.take(replace(chat.overrides, profile=profile, model="" if model == own else model))

        return take

    def take(self, overrides: Overrides) -> None:
        """Let this hold in the visible chat from the next question on, and say so."""
        chat = self._page.workspace.current
        chat.overrides = overrides
        self._page.sync()
        self._page.say(f"In this chat now: {self._says(chat)}")

    def _close(self) -> None:
        self._menu.hidePopover()
        (by_id("message") if self._by_key else self._button).focus()
