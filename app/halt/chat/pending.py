"""What has arrived and is not shown yet."""

from __future__ import annotations

from collections import deque


class Queue:
    """Text that is added at one end and taken at the other, without copying what waits between."""

    def __init__(self) -> None:
        self._pieces: deque[str] = deque()
        self.characters = 0

    def append(self, text: str) -> None:
        """Add ``text`` at the end; an empty one adds nothing."""
        if text:
            self._pieces.append(text)
            self.characters += len(text)

    def first(self, characters: int) -> str:
        """Read at most ``characters`` from the front and leave them there."""
        taken: list[str] = []
        for piece in self._pieces:
            taken.append(piece[:characters])
            characters -= len(taken[-1])
            if characters <= 0:
                break
        return "".join(taken)

    def drop(self, characters: int) -> None:
        """Take ``characters`` away from the front."""
        self.characters -= characters
        while characters:
            piece = self._pieces.popleft()
            if len(piece) > characters:
                self._pieces.appendleft(piece[characters:])
                return
            characters -= len(piece)

    def clear(self) -> None:
        """Forget everything."""
        self._pieces.clear()
        self.characters = 0


class Pending:
    """The two texts of a reply that wait for the next frame; thinking goes first, as it came first."""

    def __init__(self) -> None:
        self.text = Queue()
        self.thinking = Queue()

    @property
    def characters(self) -> int:
        """How many characters wait."""
        return self.text.characters + self.thinking.characters

    def __bool__(self) -> bool:
        return self.characters > 0

    def first(self, characters: int) -> tuple[str, str]:
        """Read ``(text, thinking)``, together at most ``characters``, and leave them waiting."""
        thinking = self.thinking.first(characters)
        left = characters - len(thinking)
        return (self.text.first(left) if left else ""), thinking

    def drop(self, text: str, thinking: str) -> None:
        """Take away what ``first`` read."""
        self.text.drop(len(text))
        self.thinking.drop(len(thinking))

    def clear(self) -> None:
        """Forget everything: a stop shows nothing more (S6)."""
        self.text.clear()
        self.thinking.clear()
