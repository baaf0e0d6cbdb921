"""Small records of an older version into this one's shape: copied, verified, and the old one kept until that is done.

    1. The steps make a new record of a copy of the old one; ``Form.check`` tells whether it holds all that the old one
       said.
    2. The old text is written under a name of its own ("halt.settings.version-1") and read back.
    3. The new text takes the old one's place and is read back. If that fails, the old text goes back.
    4. The next visit that reads the new record takes the old one away; one that can't begins again from the old one.

What can't be written changes nothing: the new shape is then used for this visit, and the old record stays as it is.
What can't be migrated is kept aside for good, and counts as nothing.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from halt.store.fields import Record

Step = Callable[[Record], Record]
"""Makes a record of the next version of a record."""


class TextStore(Protocol):
    """Keeps small texts by name."""

    def read(self, name: str) -> str | None:
        """Read a text, or ``None`` where there is none."""
        ...

    def write(self, name: str, text: str) -> bool:
        """Keep a text; False where that can't be done."""
        ...

    def remove(self, name: str) -> None:
        """Keep it no more; where there is none, that is done already."""
        ...


@dataclass(frozen=True, slots=True)
class Form:
    """How a record is kept: its ``name``, this version's number, and the ``steps`` to it, by the version they begin at.

    ``check`` tells whether a record of this version holds all that the old one said (first the old, then the new).
    """

    name: str
    version: int
    steps: Mapping[int, Step]
    check: Callable[[Record, Record], bool] = lambda _old, _new: True

    def old_name(self, version: int) -> str:
        """Tell under which name the record of an older version is kept until the new one was read."""
        return f"{self.name}.version-{version}"


def bring(store: TextStore, form: Form) -> Record | None:
    """Read a record in this version's shape, after it was migrated where it is older; ``None`` where there is none.

    A record of a newer version is given as it is: what this version doesn't know in it is for its reader to carry.
    """
    text = store.read(form.name)
    record = parse(text)
    if record is None:
        return _begin_again(store, form)
    old = version_of(record)
    if old >= form.version:
        _drop_old(store, form)
        return record
    new = _migrated(record, form)
    if text is None:
        return new
    if new is None:
        store.write(f"{form.old_name(old)}.unread", text)
    else:
        _replace(store, form, old, text, json.dumps(new))
    return new


def parse(text: str | None) -> Record | None:
    """Read a record; ``None`` where there is none, or nothing that is one."""
    try:
        record = json.loads(text or "null")
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None


def version_of(record: Mapping[str, Any]) -> int:
    """Tell a record's version; the first one is that of a record which says none."""
    version = record.get("version")
    return version if isinstance(version, int) and not isinstance(version, bool) and version > 0 else 1


def _migrated(record: Record, form: Form) -> Record | None:
    """Give the record in this version's shape, or ``None`` where a step is missing, fails or loses something."""
    new = copy.deepcopy(record)
    for version in range(version_of(record), form.version):
        step = form.steps.get(version)
        if step is None:
            return None
        try:
            new = step(new) | {"version": version + 1}
        except (TypeError, ValueError, LookupError, AttributeError):
            return None  # a record that nobody of ours wrote
    return new if form.check(record, new) else None


def _replace(store: TextStore, form: Form, version: int, old: str, new: str) -> None:
    kept = form.old_name(version)
    if not store.write(kept, old) or store.read(kept) != old:
        store.remove(kept)
        return
    if not store.write(form.name, new) or store.read(form.name) != new:
        if store.read(form.name) != old:
            store.write(form.name, old)
        return


def _begin_again(store: TextStore, form: Form) -> Record | None:
    """Where the new record can't be read, the old one is still there unless the new one was read before."""
    for version in range(form.version - 1, 0, -1):
        text = store.read(form.old_name(version))
        old = parse(text)
        if old is not None and (new := _migrated(old, form)) is not None:
            store.write(form.name, json.dumps(new))
            return new
    return None


def _drop_old(store: TextStore, form: Form) -> None:
    for version in range(1, form.version):
        if store.read(form.old_name(version)) is not None:
            store.remove(form.old_name(version))
