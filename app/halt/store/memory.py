"""A database that lasts as long as the page: for where the browser keeps nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Sequence

from halt.store.database import Change, Put, key_of
from halt.store.fields import Record


class MemoryDatabase:
    """Implements ``halt.store.database.Database`` in memory; records are copied on their way in and out."""

    def __init__(self) -> None:
        self._groups: dict[str, dict[tuple[str | float, ...], str]] = {}

    async def read(
        self, groups: Sequence[str], prefix: tuple[str, ...] = (), fields: Sequence[str] = ()
    ) -> list[list[Record]]:
        """See ``Database``."""
        return [
            [json.loads(found[key]) for key in sorted(found) if key[: len(prefix)] == prefix]
            for found in (self._groups.get(group, {}) for group in groups)
        ]

    async def read_after(
        self, group: str, key: tuple[str | float, ...], most: int, fields: Sequence[str] = ()
    ) -> list[Record]:
        """See ``Database``."""
        found = self._groups.get(group, {})
        return [json.loads(found[one]) for one in sorted(one for one in found if one > key)[:most]]

    def write(self, changes: Sequence[Change]) -> Awaitable[None]:
        """See ``Database``."""
        for change in changes:
            group = self._groups.setdefault(change.group, {})
            if isinstance(change, Put):
                key = key_of(change.group, change.record)
                found = group.get(key)
                group[key] = json.dumps(change.over(json.loads(found) if found else None))
                continue
            for key in [key for key in group if key[: len(change.prefix)] == change.prefix]:
                del group[key]
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        done.set_result(None)
        return done

    def give_up(self) -> None:
        """See ``Database``: nothing is ever left to do."""
