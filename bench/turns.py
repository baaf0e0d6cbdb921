"""Who begins in which run, so that no order favours anyone."""

from __future__ import annotations

from collections.abc import Sequence


def in_turn(names: Sequence[str], run: int) -> Sequence[str]:
    """Give the order for one run: in each another one begins."""
    first = run % len(names) if names else 0
    return [*names[first:], *names[:first]]
