"""The one button that is Send or Stop, and its guard against slips."""

from __future__ import annotations

from enum import StrEnum

# A double click is over by then (S4).
SLIP_MS = 300.0


class Face(StrEnum):
    """What the button is at the moment."""

    SEND = "send"
    STOP = "stop"


class SendStop:
    """Derives the button from what runs, and ignores presses that were meant for its other face.

    Times are those of the events themselves (``event.timeStamp``, ms): a press that waited behind other work counts
    from when it was made.
    """

    def __init__(self) -> None:
        self.face = Face.SEND
        self._swapped_ms = float("-inf")

    def follow(self, running: bool, now_ms: float) -> bool:
        """Take on the face that ``running`` asks for; tell whether that changed anything."""
        face = Face.STOP if running else Face.SEND
        if face is self.face:
            return False
        self.face = face
        self._swapped_ms = now_ms
        return True

    def press(self, at_ms: float) -> Face | None:
        """Tell what a press at ``at_ms`` means; ``None`` within 300 ms of a swap (S4)."""
        return None if at_ms - self._swapped_ms < SLIP_MS else self.face
