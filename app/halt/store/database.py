"""The database as the store sees it: records in a few named groups, found by the beginning of their key.

StorageError
├── StorageBlocked   the browser keeps nothing for this page
├── StorageFull      there is no room left
├── StorageBusy      another tab holds the database in an older shape
├── StorageNewer     a newer Halt has written it, or is about to
└── StorageFailed    anything else, such as a transaction that was aborted
"""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import Protocol

from halt.store.fields import Record

CONVERSATIONS, MESSAGES, GROWTH, ATTACHMENTS = "conversations", "messages", "growth", "attachments"

KEYS: dict[str, tuple[str, ...]] = {
    CONVERSATIONS: ("id",),
    MESSAGES: ("conversation", "id"),
    GROWTH: ("conversation", "message", "from"),
    ATTACHMENTS: ("conversation", "id"),
}
"""The fields that make a record's key, by group. ``growth`` holds what was added to a message since it was written."""


class StorageError(Exception):
    """Something could not be kept or read; ``sentence`` says so to the person, the exception's text is for a report."""

    sentence = "Something could not be kept. Export what matters, then reload the page."

    def __init__(self, details: str = "") -> None:
        super().__init__(details or self.sentence)
        self.details = details


class StorageBlocked(StorageError):
    """The browser keeps nothing for this page."""

    sentence = (
        "This browser keeps nothing for this page, so conversations last until the tab closes. "
        "Allow this site to store data (or leave the private window) to keep them."
    )


class StorageFull(StorageError):
    """There is no room left."""

    sentence = (
        "There is no room left to keep conversations. Delete some, or free space on this device; "
        "what is on the page stays until the tab closes, and is tried again."
    )


class StorageBusy(StorageError):
    """Another tab holds the database in an older shape."""

    sentence = "Another tab still uses an older Halt. Close it or reload it; until then nothing is kept here."


class StorageNewer(StorageError):
    """A newer Halt has written the database, or is about to."""

    sentence = "A newer Halt is open in another tab, and has taken over what is kept. Reload this page to go on."


class StorageFailed(StorageError):
    """A transaction was aborted, or failed otherwise."""

    sentence = "Something could not be kept just now. It is tried again with the next change."


@dataclass(frozen=True, slots=True)
class Put:
    """Write a record, in place of the one with the same key; of that one all but the fields in ``only`` stay.

    So two windows can write different fields of one record. With ``None`` the record is written whole.
    """

    group: str
    record: Record
    only: frozenset[str] | None = None

    def over(self, found: Record | None) -> Record:
        """Give what is to be kept, where ``found`` has been until now."""
        if found is None or self.only is None:
            return self.record
        return {**found, **{name: self.record[name] for name in self.only}}


@dataclass(frozen=True, slots=True)
class Delete:
    """Delete all records of a group whose key begins with ``prefix``."""

    group: str
    prefix: tuple[str, ...]


Change = Put | Delete


class Database(Protocol):
    """Keeps records; whatever fails raises a ``StorageError``."""

    async def read(
        self, groups: Sequence[str], prefix: tuple[str, ...] = (), fields: Sequence[str] = ()
    ) -> list[list[Record]]:
        """Read of each group all records whose key begins with ``prefix``, in the order of their keys.

        All are of the same moment: no write comes in between. Where ``fields`` are named, a record may come with these
        alone, which costs less.
        """
        ...

    async def read_after(
        self, group: str, key: tuple[str | float, ...], most: int, fields: Sequence[str] = ()
    ) -> list[Record]:
        """Read the next ``most`` records after ``key`` (the first ones where it is empty), or all that are left.

        They come in the order of their keys, and with ``fields`` as in ``read``.
        """
        ...

    def write(self, changes: Sequence[Change]) -> Awaitable[None]:
        """Make all ``changes`` or none, in their order, after those of earlier calls.

        The work begins with the call, so that a page that is about to close still does it; the result only tells when
        it is done, and may be left alone by nobody.
        """
        ...

    def give_up(self) -> None:
        """End what was begun and is not done, if that can be: what is written next holds it all, and need not wait."""
        ...


def key_of(group: str, record: Record) -> tuple[str | float, ...]:
    """Give a record's key."""
    return tuple(record[name] for name in KEYS[group])
