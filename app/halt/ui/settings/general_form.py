"""The fields that belong to no profile: titles, silence, the send key, and how the page looks."""

from __future__ import annotations

from dataclasses import replace

from halt.browser.dom import Listeners, by_id
from halt.store.settings import LEAST_FONT_SIZE, MOST_FONT_SIZE, MOST_SILENCE_S, THEMES, Settings
from halt.ui.looks import apply_looks, send_help
from halt.ui.settings import fields
from halt.ui.settings.fields import InvalidFields


class GeneralForm:
    """Holds what is typed in the tabs "Chat" and "Looks"; looks show at once, until the dialog is left without Save."""

    def __init__(self, listeners: Listeners) -> None:
        self._settings = Settings()
        self._size = self._settings.font_size  # the last one that was typed and can be
        listeners.listen(by_id("theme"), "change", lambda _: self._show_looks())
        # While it is typed and not when it is left: a page that changes its size under a press loses the click.
        listeners.listen(by_id("font-size"), "input", lambda _: self._show_looks())
        listeners.listen(by_id("send-key"), "change", lambda _: self._explain())

    def fill(self, settings: Settings) -> None:
        """Show ``settings``; whatever was typed before is forgotten."""
        self._settings = settings
        self._size = settings.font_size
        by_id("titles").checked = settings.titles
        by_id("silence").value = f"{settings.silence_s:g}"
        by_id("silence-limit").value = "" if settings.silence_limit_s is None else f"{settings.silence_limit_s:g}"
        by_id("send-key").value = settings.send_key
        by_id("theme").value = settings.theme
        by_id("font-size").value = str(settings.font_size)
        self._explain()

    def read(self, settings: Settings) -> Settings:
        """Put what is typed into ``settings``; raises ``InvalidFields`` with all that can't be used."""
        wrong: dict[str, str] = {}
        silence_s = fields.number("silence", "The silence hint", 1, MOST_SILENCE_S, wrong)
        silence_limit_s = fields.number("silence-limit", "The limit", 1, MOST_SILENCE_S, wrong)
        font_size = self._font_size(wrong)
        if wrong:
            raise InvalidFields(wrong)
        return replace(
            settings,
            silence_s=silence_s or Settings().silence_s,
            silence_limit_s=silence_limit_s,
            titles=bool(by_id("titles").checked),
            send_key=str(by_id("send-key").value),
            theme=self._theme(),
            font_size=font_size or Settings().font_size,
        )

    def left(self, settings: Settings) -> None:
        """Take back looks that were only tried."""
        apply_looks(settings)

    def _theme(self) -> str:
        theme = str(by_id("theme").value)
        return theme if theme in THEMES else THEMES[0]

    def _font_size(self, wrong: dict[str, str]) -> int | None:
        name = "The letter size"
        return fields.whole_number("font-size", name, LEAST_FONT_SIZE, MOST_FONT_SIZE, wrong)

    def _show_looks(self) -> None:
        wrong: dict[str, str] = {}
        size = self._font_size(wrong) or Settings().font_size
        if not wrong:
            self._size = size
        apply_looks(replace(self._settings, theme=self._theme(), font_size=self._size))

    def _explain(self) -> None:
        by_id("send-key-help").textContent = send_help(str(by_id("send-key").value))
