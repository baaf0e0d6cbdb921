"""Waiting for promises that reject with what Pyodide can't raise: a ``DOMException`` that was never thrown."""

from __future__ import annotations

import asyncio
from typing import Any


class Rejected(Exception):
    """A promise was rejected; ``name`` and ``message`` are those of the reason, as far as it has any."""

    def __init__(self, reason: Any) -> None:
        self.name = str(getattr(reason, "name", "Error"))
        self.message = str(getattr(reason, "message", reason))
        super().__init__(f"{self.name}: {self.message}")


async def outcome(promise: Any) -> Any:
    """Wait for a promise and give its value; raises ``Rejected``."""
    done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    promise.then(
        lambda value=None: done.done() or done.set_result(value),
        lambda reason=None: done.done() or done.set_exception(Rejected(reason)),
    )
    return await done
