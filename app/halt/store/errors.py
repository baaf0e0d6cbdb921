"""Why a file is not imported at all; a file that is damaged in part is, as far as it is whole.

ImportRefused
├── TooLarge        more than a page can hold
├── Unreadable      it is broken, or of another kind: no zip, no JSON
└── UnknownFormat   it is whole, and no export that Halt knows
"""

from __future__ import annotations


class ImportRefused(Exception):
    """A file that can't be imported; its text says what is the matter and what to do."""


class TooLarge(ImportRefused):
    """It is larger than what a page can hold."""


class Unreadable(ImportRefused):
    """It is damaged beyond reading, or no JSON and no zip."""


class UnknownFormat(ImportRefused):
    """It is nobody's export."""
