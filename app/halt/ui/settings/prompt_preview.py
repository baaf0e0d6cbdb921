"""What a prompt with variables would say if it were sent now, below the field it is typed in."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from halt.browser.boundary import Boundary
from halt.browser.dom import Listeners, by_id
from halt.chat.prompt import Surroundings, fill, has_variables
from halt.providers.base import ProviderSettings
from halt.providers.errors import BadPrompt

# What is longer than this is shown in part (characters).
MOST_SHOWN = 2_000

Variables = Callable[[ProviderSettings], dict[str, str]]
"""Gives what prompts can say now, for the provider and model that would be asked."""


class PromptCheck:
    """Fills prompts in for a look; what reads their variables is loaded with the first that has some."""

    def __init__(self, surroundings: Surroundings, variables: Variables, boundary: Boundary) -> None:
        self.surroundings = surroundings
        self._variables = variables
        self._boundary = boundary

    def say(self, text: str, settings: ProviderSettings) -> str:
        """Give the prompt as it would be sent; raises ``BadPrompt``."""
        return fill(text, self._variables(settings))

    def fault(self, text: str, settings: ProviderSettings) -> str:
        """Tell what is wrong with a prompt; empty where nothing is, or where nothing reads it yet."""
        if not has_variables(text) or not self.surroundings.ready:
            return ""
        try:
            self.say(text, settings)
        except BadPrompt as error:
            return error.sentence
        return ""

    def load(self, then: Callable[[], None]) -> None:
        """Load what reads variables, then call ``then``; where that can't be loaded, it is called as well."""

        async def load() -> None:
            with suppress(BadPrompt):  # it is said when the prompt is sent; until then the text is as good as any
                await self.surroundings.load()
            then()

        self._boundary.spawn(load())


class PromptPreview:
    """Shows a prompt as it would be sent now, while it has variables."""

    def __init__(
        self, text_id: str, check: PromptCheck, settings: Callable[[], ProviderSettings], listeners: Listeners
    ) -> None:
        self._text = by_id(text_id)
        self._place = by_id(f"{text_id}-preview")
        self._check = check
        self._settings = settings
        listeners.listen(self._text, "input", lambda _: self.update())

    def update(self) -> None:
        """Show it as it is now."""
        text = str(self._text.value)
        self._place.hidden = not has_variables(text)
        if self._place.hidden:
            self._place.textContent = ""
            return
        if not self._check.surroundings.ready:
            self._place.textContent = "Loading what fills in variables…"
            self._check.load(self._loaded)
            return
        try:
            said = self._check.say(text, self._settings())
        except BadPrompt as error:
            self._place.textContent = error.sentence
            return
        cut = "…" if len(said) > MOST_SHOWN else ""
        self._place.textContent = (
            f"Sent now, it would say:\n{said[:MOST_SHOWN]}{cut}"
            if said.strip()
            else ("Sent now, it would say nothing.")
        )

    def _loaded(self) -> None:
        if self._check.surroundings.ready:
            self.update()
        else:
            self._place.textContent = "What fills in variables could not be loaded. Check the connection."
