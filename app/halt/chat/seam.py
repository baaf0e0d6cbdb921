"""The seam of a continued reply: a model that was asked to go on often repeats its last words; they are shown once."""

from __future__ import annotations

# How far back a repetition is looked for, in characters. It is also the most that is held back before showing it.
REACH = 200


class Seam:
    """Takes the first characters of a continuation, and gives them on without what the kept text already says.

    Text is held back only while it may still turn out to be a repetition; mostly that is settled with the first word.
    """

    def __init__(self, kept: str, *, repeats: bool = True) -> None:
        """Begin behind the ``kept`` text; one that never ``repeats`` (a prefilled turn) only sheds a second blank."""
        words = kept.rstrip()
        self._tail = words[-REACH:]
        self._gap = kept[len(words) :]
        self._starts = [start for start in range(len(self._tail)) if _begins_word(self._tail, start)]
        self._held = ""
        self._settled = not (self._tail and repeats)
        self._trims = bool(self._gap)  # the kept text ends in a blank: none is wanted before the first word

    def feed(self, text: str) -> str:
        """Take the next text of the continuation; give what can be shown of it by now."""
        if self._settled:
            return self._trimmed(text)
        self._held += text
        if self._may_go_on():
            return ""
        return self._settle()

    def end(self) -> str:
        """Give what was still held back when the continuation ended."""
        return "" if self._settled else self._settle()

    def _may_go_on(self) -> bool:
        """Tell whether more text could make a repetition, or a longer one, of what is held."""
        said = self._held.lstrip()
        if not said:
            return True
        # One more character than the repetition is needed: it shows whether the word ends there.
        return any(
            self._tail.startswith(said[: len(self._tail) - start], start) and len(said) <= len(self._tail) - start
            for start in self._starts
        )

    def _settle(self) -> str:
        self._settled = True
        said = self._held.lstrip()
        apart = bool(self._gap) or said != self._held
        for start in self._starts:
            repeated = self._tail[start:]
            if said.startswith(repeated) and not (apart and _goes_on_in_word(said, len(repeated))):
                return self._trimmed(said[len(repeated) :])
        return self._trimmed(self._held)

    def _trimmed(self, text: str) -> str:
        if self._trims:
            text = text.lstrip()
            self._trims = not text
        return text


def _begins_word(text: str, index: int) -> bool:
    return not text[index].isspace() and (index == 0 or not (text[index - 1].isalnum() and text[index].isalnum()))


def _goes_on_in_word(text: str, index: int) -> bool:
    return index < len(text) and text[index - 1].isalnum() and text[index].isalnum()
