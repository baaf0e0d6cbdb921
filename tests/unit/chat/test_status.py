"""The state machine, drawn in halt.chat.status."""

from __future__ import annotations

import pytest

from halt.chat.status import Status

ENDS = (Status.COMPLETE, Status.STOPPED, Status.INTERRUPTED, Status.FAILED)


@pytest.mark.parametrize("end", ENDS)
def test_every_end_can_be_reached_and_is_final(end: Status) -> None:
    """S26"""
    assert Status.CONNECTING.may_become(end)
    assert Status.STREAMING.may_become(end)
    assert not any(end.may_become(following) for following in Status)
    assert not end.running


def test_a_run_streams_once() -> None:
    assert Status.CONNECTING.may_become(Status.STREAMING)
    assert not Status.STREAMING.may_become(Status.CONNECTING)
    assert not Status.STREAMING.may_become(Status.STREAMING)
    assert not Status.CONNECTING.may_become(Status.CONNECTING)
