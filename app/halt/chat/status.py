"""The states of a run, which are also the states of the reply that it writes.

connecting ──▶ streaming ──▶ complete      the provider said that it was done
    │              ├───────▶ stopped       a person's will
    │              ├───────▶ interrupted   the stream was cut, the network lost, the page closed
    │              └───────▶ failed        the provider's or our own error
    └──────────────────────▶ each of these four
"""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """Where a run stands."""

    CONNECTING = "connecting"
    STREAMING = "streaming"
    COMPLETE = "complete"
    STOPPED = "stopped"
    INTERRUPTED = "interrupted"
    FAILED = "failed"

    @property
    def running(self) -> bool:
        """Tell whether a run in this state can still be stopped."""
        return self in (Status.CONNECTING, Status.STREAMING)

    def may_become(self, following: Status) -> bool:
        """Tell whether the state machine has an arrow from here to ``following``."""
        if self is Status.CONNECTING:
            return following is not Status.CONNECTING
        return self is Status.STREAMING and not following.running


class StopReason(StrEnum):
    """Who wanted the stop."""

    PERSON = "person"
    REPLACED = "replaced"
    DELETED = "deleted"
    CANCELLED = "cancelled"
