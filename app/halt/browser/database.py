"""What is kept, in the browser's IndexedDB; the package idb makes promises of its events."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import halt_idb
import js
from pyodide.ffi import JsException, create_once_callable, create_proxy, to_js

from halt.browser.promise import Rejected, outcome
from halt.store.database import (
    KEYS,
    Change,
    Delete,
    Put,
    StorageBlocked,
    StorageBusy,
    StorageError,
    StorageFailed,
    StorageFull,
    StorageNewer,
)
from halt.store.fields import Record

NAME = "halt"
# Each number stands for a shape of the groups and keys; what is in a record has a version of its own.
# 2: attachments have a group.
VERSION = 2

_ERRORS: dict[str, type[StorageError]] = {
    "QuotaExceededError": StorageFull,
    "VersionError": StorageNewer,
    "SecurityError": StorageBlocked,
    "InvalidStateError": StorageBlocked,
    "UnknownError": StorageBlocked,
}


class BrowserDatabase:
    """Implements ``halt.store.database.Database``; it opens with the first call, and again if the browser closed it.

    ``tell`` gets what happens to the database between two calls: another tab blocks it or takes it over. ``lost`` is
    called when the browser has closed it by itself, as it does when the person clears the site's data.
    """

    def __init__(self, tell: Callable[[StorageError], None]) -> None:
        self.lost: Callable[[], None] = lambda: None
        self._tell = tell
        self._opening: asyncio.Task[Any] | None = None
        self._database: Any = None
        self._begun: dict[asyncio.Task[None], Any] = {}  # transactions that have not ended, by who waits for them
        self._taken_over = False
        self._proxies = [
            create_proxy(one) for one in (self._upgrade, self._is_blocked, self._is_blocking, self._is_lost)
        ]

    async def read(
        self, groups: Sequence[str], prefix: tuple[str, ...] = (), fields: Sequence[str] = ()
    ) -> list[list[Record]]:
        """See ``Database``."""
        database = self._database or await self._open()
        try:
            transaction = _begin_reading(database, groups)
            # All requests are made before the first wait: a transaction that has none ends by itself. And all are
            # waited for together: a failure that ends several is one of the page where it is heard from one alone.
            found = [transaction.objectStore(group).getAll(_range(prefix)) for group in groups]
            return [_records(records, fields) for records in await outcome(js.Promise.all(to_js(found)))]
        except (JsException, Rejected) as error:
            raise _explain(error) from error

    async def read_after(
        self, group: str, key: tuple[str | float, ...], most: int, fields: Sequence[str] = ()
    ) -> list[Record]:
        """See ``Database``."""
        database = self._database or await self._open()
        after = js.IDBKeyRange.lowerBound(to_js(list(key)), True) if key else None
        try:
            found = _begin_reading(database, [group]).objectStore(group).getAll(after, most)
            return _records(await outcome(found), fields)
        except (JsException, Rejected) as error:
            raise _explain(error) from error

    def write(self, changes: Sequence[Change]) -> Awaitable[None]:
        """See ``Database``."""
        if self._database is None:
            return self._write_later(changes)
        try:
            transaction = _begin(self._database, changes)
        except JsException as error:
            failed = _explain(error)
            if isinstance(failed, StorageBlocked):  # the browser has closed it in between
                self._is_closed()
                return self._write_later(changes)
            return _raise(failed)
        return self._end(transaction)

    async def _write_later(self, changes: Sequence[Change]) -> None:
        database = await self._open()
        try:
            transaction = _begin(database, changes)
        except JsException as error:
            raise _explain(error) from error
        await self._end(transaction)

    def _end(self, transaction: Any) -> Awaitable[None]:
        async def end() -> None:
            try:
                await outcome(transaction.done)
            except Rejected as error:
                if task in self._begun:  # else it was given up
                    raise _explain(error) from error

        task = asyncio.get_running_loop().create_task(end())
        self._begun[task] = transaction
        task.add_done_callback(lambda task: self._begun.pop(task, None))
        return task

    def give_up(self) -> None:
        """See ``Database``. One that waits for the page would end with it, and keep all later ones from beginning."""
        begun, self._begun = self._begun, {}
        for transaction in begun.values():
            try:
                transaction.abort()
            except JsException as error:  # it needs nothing more, and ends by itself
                js.console.debug(f"A transaction ends by itself: {error}")

    # Opening

    async def _open(self) -> Any:
        if self._taken_over:
            raise StorageNewer
        if self._opening is None:
            self._opening = asyncio.get_running_loop().create_task(self._open_now())
        try:
            return await asyncio.shield(self._opening)
        except (JsException, Rejected) as error:
            self._opening = None
            raise _explain(error, otherwise=StorageBlocked) from error

    async def _open_now(self) -> Any:
        names = ("upgrade", "blocked", "blocking", "terminated")
        callbacks = to_js(dict(zip(names, self._proxies, strict=True)), dict_converter=js.Object.fromEntries)
        self._database = await outcome(halt_idb.openDB(NAME, VERSION, callbacks))
        return self._database

    def _upgrade(self, database: Any, *_details: Any) -> None:
        """Make the groups that are not there: all of a new database, and those that an older Halt did not have."""
        for group, key in KEYS.items():
            if not database.objectStoreNames.contains(group):
                options = to_js({"keyPath": list(key)}, dict_converter=js.Object.fromEntries)
                database.createObjectStore(group, options)

    def _is_blocked(self, *_details: Any) -> None:
        self._tell(StorageBusy())

    def _is_blocking(self, *_details: Any) -> None:
        """Make way for a newer version in another tab: it waits until this one lets go."""
        self._taken_over = True
        self._database.close()
        self._is_closed()
        self._tell(StorageNewer())

    def _is_lost(self, *_details: Any) -> None:
        self._is_closed()
        self.lost()

    def _is_closed(self) -> None:
        self._database = self._opening = None


def _records(found: Any, fields: Sequence[str]) -> list[Record]:
    return json.loads(js.JSON.stringify(found, to_js(list(fields)) if fields else None))  # type: ignore[no-any-return]  # our own records


def _begin_reading(database: Any, groups: Sequence[str]) -> Any:
    transaction = database.transaction(to_js(list(groups)), "readonly")
    # Its requests tell how it ends. This promise says so, too; were it left alone, an abort would be one of the page.
    js.Promise.allSettled(to_js([transaction.done]))
    return transaction


def _begin(database: Any, changes: Sequence[Change]) -> Any:
    """Make all requests of a transaction in one go, as it would end with the first wait; give it."""
    groups = sorted({change.group for change in changes})
    # The browser may still write when the page is gone; only a power cut could lose what "relaxed" has not on disk.
    options = to_js({"durability": "relaxed"}, dict_converter=js.Object.fromEntries)
    transaction = database.transaction(to_js(groups), "readwrite", options)
    for change in changes:
        # Bare requests: of those that an abort ends, nobody would wait for the promises. What counts is the end.
        group = halt_idb.unwrap(transaction.objectStore(change.group))
        if isinstance(change, Delete):
            group.delete(_range(change.prefix))
        elif change.only is None:
            group.put(js.JSON.parse(json.dumps(change.record)))
        else:
            _put_over(group, change)
    if all(isinstance(change, Delete) or change.only is None for change in changes):
        transaction.commit()  # else it ends by itself, once what is to be written was read
    return transaction


def _put_over(group: Any, change: Put) -> None:
    """Write over the fields of what is kept, in the same transaction: no other window writes in between.

    The transaction takes a request only within the event that tells of the last one; a promise tells too late.
    """
    key = to_js([change.record[name] for name in KEYS[change.group]])
    request = group.get(key)

    def put(_event: Any) -> None:
        kept = json.loads(js.JSON.stringify(request.result)) if request.result else None
        request.source.put(js.JSON.parse(json.dumps(change.over(kept))))

    request.addEventListener("success", create_once_callable(put))


async def _raise(error: StorageError) -> None:
    raise error


def _range(prefix: tuple[str, ...]) -> Any:
    """Give the range of all keys that begin with ``prefix``: an empty list is greater than any text or number."""
    if not prefix:
        return None
    return js.IDBKeyRange.bound(to_js(list(prefix)), to_js([*prefix, []]))


def _explain(error: JsException | Rejected, otherwise: type[StorageError] = StorageFailed) -> StorageError:
    return _ERRORS.get(str(error.name), otherwise)(f"{error.name}: {error.message}")
