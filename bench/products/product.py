"""What the bench has to know of a product: how it is brought here, where it is served, and where its page has what."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Face:
    """Where a page has what a person uses. Shadow roots that are open are looked into.

    message, stop: the field for the question and the button that stops, as selectors of Playwright. reply: the text of
    a reply and nothing else of it, in CSS; the last one counts. reply_of_both: questions look the same, so that the
    question's own is left out. takes_early_send: what is sent before the page is up is kept until it is, so that a
    second press would take it back. reopen: what is pressed after a reload to see a conversation that was kept, where
    it does not stand there by itself.
    """

    message: str
    stop: str
    reply: str
    reply_of_both: bool = False
    takes_early_send: bool = False
    reopen: str = ""


class Product(Protocol):
    """One chat that is measured.

    name: as in `--only`. title: as in the table. what: a sentence on what exactly is measured. packages: the names and
    versions of what is compared. first_visit: a script that runs in each page before its own, for what a person would
    have set.
    """

    name: str
    title: str
    what: str
    face: Face

    @property
    def packages(self) -> dict[str, str]:
        """The names and versions of what is measured."""
        ...

    def prepare(self) -> None:
        """Bring it here: fetch, bundle. Raises a BuildError that says why it can't be."""
        ...

    def serving(self, provider: str) -> AbstractContextManager[str]:
        """Serve its page as long as the block lasts and give the address; ``provider`` is the base URL to ask."""
        ...

    def first_visit(self, provider: str) -> str:
        """Give the script for what a person would have set before; empty where nothing is."""
        ...
