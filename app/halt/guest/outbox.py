"""What was said and is on its way to the page: many words go in one message, and the page says how many it can take."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

# Half a frame of work, then what the page says (a cancel above all) may be heard.
WORK_S = 0.008
PACE_S = 0.016
# So many messages may go at once, and then one a frame: each costs the page about a tenth of a millisecond.
BURST = 30
# More characters than this are not sent ahead of what the page has taken: the program waits.
AHEAD = 64_000

_TEXTS = ("text", "thinking")


class Outbox:
    """Gathers lines and gives them to ``post`` as text, one JSON document a line."""

    def __init__(self, post: Callable[[str], None]) -> None:
        self._post = post
        self._loop = asyncio.get_running_loop()
        self._lines: list[dict[str, Any]] = []
        self._timer: asyncio.TimerHandle | None = None
        self._untaken = 0
        self._room: asyncio.Future[None] | None = None
        self._burst = float(BURST)
        self._turned_s = self._rested_s = self._loop.time()

    def say(self, line: dict[str, Any]) -> None:
        """Take a line; it leaves with the next message, words that follow each other as one line."""
        last = self._lines[-1] if self._lines else {}
        for name in _TEXTS:
            if line.keys() == last.keys() == {name}:
                last[name] += line[name]
                break
        else:
            self._lines.append(dict(line))
        if self._timer is None:
            self._timer = self._loop.call_later(PACE_S, self.flush)

    def flush(self) -> None:
        """Send now what waits."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._lines:
            text = "".join(f"{json.dumps(line)}\n" for line in self._lines)
            self._lines.clear()
            self._untaken += len(text)
            self._post(text)

    def taken(self, characters: int) -> None:
        """Learn that the page has taken so many characters."""
        self._untaken -= characters
        if self._untaken < AHEAD and self._room is not None and not self._room.done():
            self._room.set_result(None)

    async def turn(self) -> None:
        """Come between two steps of a program: send what may go, wait for the page if it is behind, and listen to it.

        A program that blocks in its next step holds every timer up, so what it has said goes before, if it can.
        """
        now_s = self._loop.time()
        self._burst = min(BURST, self._burst + (now_s - self._turned_s) / PACE_S)
        self._turned_s = now_s
        if self._lines and self._burst >= 1:
            self._burst -= 1
            self.flush()
        if self._untaken >= AHEAD:
            self._room = self._loop.create_future()
            await self._room
            self._rested_s = self._loop.time()
        elif now_s - self._rested_s >= WORK_S:
            await asyncio.sleep(0)
            self._rested_s = self._loop.time()

    async def hold(self) -> None:
        """Send all and let it go out, before something that takes long and lets nothing through."""
        self.flush()
        await asyncio.sleep(0)
