"""A run that goes on in another window: this one shows it live, and its Stop is asked for there."""

from __future__ import annotations

from collections.abc import Callable

from halt.chat.conversation import GrowingText, Reply
from halt.chat.painter import Painter
from halt.chat.status import Status, StopReason
from halt.chat.surface import Surface
from halt.wire.clock import Clock

# What is known of a reply besides its text and its place in the tree.
_FIELDS = ("run_id", "stop_note", "cancel_note", "notice", "details", "finish", "spent", "thinking_ms", "unknown")


class RemoteRun:
    """Shows one reply as another window tells of it; nothing is added after its stop or end (S6).

    ``ask_to_stop`` tells the other window, ``fail`` takes what a view raises. The other window writes the reply down.
    """

    def __init__(
        self,
        run_id: str,
        reply: Reply,
        clock: Clock,
        surface: Surface,
        ask_to_stop: Callable[[RemoteRun, StopReason], None],
        fail: Callable[[Exception], None],
    ) -> None:
        self.id = run_id
        self.reply = reply
        self.running = True
        self._surface = surface
        self._ask_to_stop = ask_to_stop
        self._fail = fail
        self._painter = Painter(reply, surface, clock, self._break)
        self._text, self._thinking = reply.source.length, reply.reasoning.length  # how much was heard, in characters
        reply.run_id, reply.notice, reply.details = run_id, "", ""
        reply.status = Status.STREAMING if reply.characters else Status.CONNECTING

    def hear(self, text_from: int, text: str, thinking_from: int, thinking: str) -> bool:
        """Take what the other window has shown, and where in the reply that stands (characters).

        What is here already is passed over. False where something before it is missing.
        """
        if text_from > self._text or thinking_from > self._thinking:
            return False
        text, thinking = text[self._text - text_from :], thinking[self._thinking - thinking_from :]
        self._text += len(text)
        self._thinking += len(thinking)
        if self.running and (text or thinking):
            if self.reply.status is Status.CONNECTING:
                self.reply.status = Status.STREAMING
                self._surface.changed(self.reply)
            self._painter.add(text, thinking)
        return True

    def stop(self, reason: StopReason = StopReason.PERSON) -> None:
        """Show nothing more from this moment on, and have the other window stop; a second stop changes nothing."""
        if not self.running:
            return
        self.running = False
        self._painter.close()
        self.reply.status = Status.STOPPED
        try:
            self._ask_to_stop(self, reason)
        finally:
            self._surface.changed(self.reply)

    async def finish(self, final: Reply) -> None:
        """Take over the reply as the other window has left it.

        What came there between a press here and its arrival is kept, and not shown before the page is drawn anew.
        """
        reply = self.reply
        if self.running:
            self.hear(0, final.text, 0, final.thinking)
            await self._painter.finish()
        if not self.running:  # it was stopped here, perhaps in between
            reply.source, reply.reasoning = (
                _longer(reply.source, final.source),
                _longer(reply.reasoning, final.reasoning),
            )
        self.running = False
        self._painter.close()
        reply.status = final.status
        for name in _FIELDS:
            setattr(reply, name, getattr(final, name))
        self._surface.changed(reply)

    def close(self) -> None:
        """Show nothing more; a reply of which nobody knows the end is interrupted."""
        self.running = False
        self._painter.close()
        if self.reply.status.running:
            self.reply.status = Status.INTERRUPTED
            self._surface.changed(self.reply)

    def _break(self, error: Exception) -> None:
        self.close()
        self._fail(error)


def _longer(own: GrowingText, other: GrowingText) -> GrowingText:
    return GrowingText(str(max(own, other, key=lambda text: text.length)))
