"""Known fields out of records that anybody may have written: what doesn't fit takes its default, and is not lost."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, TypeGuard

Record = dict[str, Any]
"""One thing that is kept, in plain JSON types only, so that IndexedDB, a file and a test see the same."""

DAMAGED = "damaged"
"""The field that keeps what was found in others and could not be read."""

SECRETS = frozenset({"api_key"})
"""Fields that are never kept and never read."""

# The last moment that a browser can tell, in ms since 1970 (ECMA-262, section 21.4.1.1).
LAST_MOMENT_MS = 8.64e15
# Deeper than that nothing of ours is nested, and Python would refuse to follow it some thousand levels down.
DEEPEST = 50


class Fields:
    """Takes the known fields out of a record, one by one; ``rest`` is what is left then, for this version to carry."""

    def __init__(self, record: Mapping[Any, Any]) -> None:
        self._left = {name: value for name, value in record.items() if isinstance(name, str) and name not in SECRETS}
        self.damaged: Record = {}

    def text(self, name: str) -> str:
        """Take a text; empty where there is none."""
        value = self._left.pop(name, "")
        if isinstance(value, str):
            return value
        self.damage(name, value)
        return ""

    def flag(self, name: str) -> bool:
        """Take a yes or no; no where there is none."""
        value = self._left.pop(name, False)
        if isinstance(value, bool):
            return value
        self.damage(name, value)
        return False

    def number(self, name: str, most: float = LAST_MOMENT_MS) -> float | None:
        """Take a number from 0 to ``most``, or ``None``."""
        value = self._left.pop(name, None)
        if value is None or is_number(value, most):
            return value
        self.damage(name, value)
        return None

    def texts(self, name: str) -> list[str]:
        """Take a list of texts; empty where there is none."""
        value = self._left.pop(name, [])
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            return list(value)
        self.damage(name, value)
        return []

    def take(self, name: str) -> Any:
        """Take whatever there is, ``None`` where there is nothing; ``damage`` is for what turns out not to fit."""
        return self._left.pop(name, None)

    def damage(self, name: str, value: object) -> None:
        """Note that what was found in a field can't be read; it is kept."""
        self.damaged[name] = value

    def rest(self) -> Record:
        """Give what is left: fields of a newer version, and what could not be read, now or earlier."""
        if not self.damaged:
            return self._left
        earlier = self._left.get(DAMAGED)
        return {**self._left, DAMAGED: {**(earlier if isinstance(earlier, dict) else {}), **self.damaged}}


def is_number(value: object, most: float = LAST_MOMENT_MS) -> TypeGuard[float]:
    """Tell whether this is a number from 0 to ``most``."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value) and 0 <= value <= most


def plain(value: Any, depth: int = 0) -> Any:
    """Give ``value`` as JSON can say it; what it can't say becomes ``None``."""
    if depth > DEEPEST:
        return None
    if isinstance(value, dict):
        return {
            name: plain(one, depth + 1) for name, one in value.items() if isinstance(name, str) and name not in SECRETS
        }
    if isinstance(value, list | tuple):
        return [plain(one, depth + 1) for one in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if value is None or isinstance(value, str | int) else None
