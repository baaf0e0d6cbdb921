"""The clocks that tests run by."""

from __future__ import annotations

import asyncio

import pytest

from halt.wire.clock import Clock
from tests.servers import AsyncioClock, ManualClock


async def test_asyncio_clock_tells_ms() -> None:
    clock: Clock = AsyncioClock()
    began = clock.now()
    await clock.sleep(20)
    assert clock.now() - began >= 19
    drawn = asyncio.Event()
    clock.next_frame(drawn.set)
    await drawn.wait()
    clock.next_frame(lambda: pytest.fail("it was called off"))()
    await clock.breathe()


async def test_manual_clock_stands_still_until_advanced() -> None:
    clock = ManualClock()
    seen: list[tuple[str, float]] = []

    async def sleeper(name: str, ms: float) -> None:
        for _ in range(2):
            await clock.sleep(ms)
            seen.append((name, clock.now()))

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(sleeper("a", 10))
        tasks.create_task(sleeper("b", 15))
        await clock.settle()
        clock.next_frame(lambda: seen.append(("frame", clock.now())))
        assert seen == []
        await clock.advance(25)
        assert seen == [("a", 10), ("b", 15), ("frame", 16), ("a", 20)]
        await clock.advance(5)
    assert seen[-1] == ("b", 30)
    assert clock.pending == 0


async def test_what_is_called_off_leaves_nothing() -> None:
    """S25."""
    clock = ManualClock()
    sleeping = asyncio.ensure_future(clock.sleep(10))
    call_off = clock.next_frame(lambda: pytest.fail("it was called off"))
    await clock.settle()
    assert clock.pending == 2
    call_off()
    call_off()
    sleeping.cancel()
    await clock.settle()
    assert clock.pending == 0
    await clock.advance(100)


async def test_settling_is_refused_where_tasks_never_rest() -> None:
    clock = ManualClock()

    async def restless() -> None:
        while True:
            await clock.breathe()

    task = asyncio.ensure_future(restless())
    with pytest.raises(RuntimeError, match="busy"):
        await clock.settle()
    task.cancel()
