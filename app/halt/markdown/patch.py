"""What a document asks of the page: a few steps, all of them at the end of what is shown."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Settle:
    """Put HTML of finished blocks at the end of the innermost container; it is never touched again."""

    html: str


@dataclass(frozen=True, slots=True)
class Enter:
    """Put a container at the end of the innermost one, and go into it: what follows goes there.

    Its HTML is ``before + after``; the place between the two lies ``down`` last elements below its outermost one.
    """

    before: str
    after: str
    down: int = 0


@dataclass(frozen=True, slots=True)
class Leave:
    """Go back to the container around the innermost one: nothing more is put into that."""


@dataclass(frozen=True, slots=True)
class Discard:
    """Take the innermost container away, with all in it, and go back to the one around it."""


@dataclass(frozen=True, slots=True)
class Loosen:
    """Give the container at ``depth`` (0 is the body itself) the class of a loose list."""

    depth: int


@dataclass(frozen=True, slots=True)
class Resolve:
    """Replace the inside of what is marked ``data-pending`` with ``number``: its link's definition has come."""

    number: int
    html: str


Step = Settle | Enter | Leave | Discard | Loosen | Resolve


@dataclass(frozen=True, slots=True)
class Patch:
    """What to do to the page: first ``steps``, then the open part, which stands behind all that is settled.

    ``open``: HTML that replaces the open part, one piece for each container, the body first; ``None`` leaves it.
    ``open_append``: plain text for the end of the element in the open part that is marked ``data-tail``.
    """

    steps: list[Step] = field(default_factory=list)
    open: list[str] | None = None
    open_append: str = ""
