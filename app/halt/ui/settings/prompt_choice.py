"""A choice between a text of one's own and the prompts of the library, with the field that shows what is chosen."""

from __future__ import annotations

from collections.abc import Sequence

from halt.browser.dom import Listeners, by_id
from halt.store.profiles import PromptPreset
from halt.ui.settings import fields


class PromptChoice:
    """A select, and a text that can be changed while no prompt of the library is chosen.

    ``own`` is what the select calls the text of one's own. ``before`` are choices that stand above it, by value and
    name; while one of them is chosen, there is no text at all.
    """

    def __init__(
        self,
        select_id: str,
        text_id: str,
        own: str,
        listeners: Listeners,
        before: Sequence[tuple[str, str]] = (),
        own_value: str = "",
    ) -> None:
        self._select = by_id(select_id)
        self._text = by_id(text_id)
        self._before = list(before)
        self._own_row = (own_value, own)
        self._prompts: dict[str, PromptPreset] = {}
        self._own = ""
        self._shown = own_value
        listeners.listen(self._select, "change", lambda _: self._changed())

    @property
    def chosen(self) -> str:
        """The id of the prompt that is chosen, or another value of the select."""
        return self._shown

    @property
    def own_text(self) -> str:
        """The text of one's own, exactly as it was typed, whether it is chosen or not."""
        return str(self._text.value) if self._shown == self._own_row[0] else self._own

    def offer(self, prompts: Sequence[PromptPreset]) -> None:
        """Offer these prompts; what is chosen stays, unless it is gone."""
        own, chosen = self.own_text, self._shown
        self._prompts = {one.id: one for one in prompts}
        self.show(chosen, own)

    def show(self, chosen: str, own: str) -> None:
        """Show what is chosen, and keep the text of one's own."""
        rows = [*self._before, self._own_row]
        rows += [(one.id, f"From the library: {one.name or 'unnamed'}") for one in self._prompts.values()]
        if chosen not in {value for value, _ in rows}:
            chosen = rows[0][0]
        fields.set_options(self._select, rows, chosen)
        self._own, self._shown = own, chosen
        self._draw()

    def _changed(self) -> None:
        self._own = self.own_text
        self._shown = str(self._select.value)
        self._draw()

    def _draw(self) -> None:
        own = self._shown == self._own_row[0]
        prompt = self._prompts.get(self._shown)
        self._text.value = self._own if own else prompt.text if prompt else ""
        self._text.readOnly = not own
        self._text.closest(".field").hidden = not own and prompt is None
        fields.unmark(self._text)
