"""What was deleted from a list of the settings, until it is saved so: a line says it, with Undo."""

from __future__ import annotations

from typing import Generic, TypeVar

from halt.browser.dom import by_id, part

One = TypeVar("One")


class Deleted(Generic[One]):
    """The last thing that was deleted, and where it stood."""

    def __init__(self, note_id: str) -> None:
        self._note = by_id(note_id)
        self._held: tuple[int, One] | None = None

    def clear(self) -> None:
        """Hold nothing any more."""
        self._held = None
        self._note.hidden = True

    def hold(self, place: int, one: One, name: str) -> None:
        """Remember what was deleted, and say so."""
        self._held = place, one
        part(self._note, "text").textContent = f"“{name}” is deleted when you save."
        self._note.hidden = False

    def give_back(self) -> tuple[int, One] | None:
        """Give back what was deleted, and where it stood; ``None`` where nothing was."""
        held = self._held
        self.clear()
        return held
