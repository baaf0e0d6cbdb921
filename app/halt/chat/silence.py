"""The silence of a stream: it is said aloud, it is never taken for the end, and it may be given a limit (S26)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from halt.wire.clock import Clock

SECOND_MS = 1000.0


@dataclass(frozen=True, slots=True)
class Silence:
    """How long nothing may come, in ms: until it is said, and until the run is given up (``None``: never)."""

    hint_ms: float = 30_000.0
    limit_ms: float | None = None


DEFAULT_SILENCE = Silence()


class SilenceWatch:
    """Counts how long nothing has come.

    ``say`` is told the silence in ms, each second from the hint on, and ``None`` when it is over; ``give_up`` is called
    once, at the limit.
    """

    def __init__(
        self, silence: Silence, clock: Clock, say: Callable[[float | None], None], give_up: Callable[[float], None]
    ) -> None:
        self._silence = silence
        self._clock = clock
        self._say = say
        self._give_up = give_up
        self._heard_ms = clock.now()
        self._said = False
        self._over = False

    def heard(self) -> None:
        """Something came: the silence begins anew."""
        self._heard_ms = self._clock.now()
        if self._said:
            self._said = False
            self._say(None)

    def end(self) -> None:
        """Say nothing more, and give nothing up: the run has ended."""
        self._over = True

    async def watch(self) -> None:
        """Watch until the limit; without one, until the task is cancelled."""
        hint_ms, limit_ms = self._silence.hint_ms, self._silence.limit_ms
        while not self._over:
            silent_ms = self._clock.now() - self._heard_ms
            if limit_ms is not None and silent_ms >= limit_ms:
                self._give_up(limit_ms)
                return
            next_ms = hint_ms
            if silent_ms >= hint_ms:
                self._said = True
                self._say(silent_ms)
                next_ms = silent_ms + SECOND_MS - silent_ms % SECOND_MS
            if limit_ms is not None:
                next_ms = min(next_ms, limit_ms)
            await self._clock.sleep(next_ms - silent_ms)
