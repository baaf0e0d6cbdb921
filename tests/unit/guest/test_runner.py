"""The loop that runs a person's generator, and what is left of it afterwards: nothing."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import Any

import pytest

from halt.guest.outbox import AHEAD, Outbox
from halt.guest.program import MODULE
from halt.guest.runner import answer, models


class Desk:
    """Takes what is said; it acknowledges at once, unless told otherwise."""

    def __init__(self, *, takes: bool = True) -> None:
        self.lines: list[dict[str, Any]] = []
        self.posts: list[str] = []
        self.takes = takes
        self.outbox = Outbox(self._post)

    def _post(self, text: str) -> None:
        self.posts.append(text)
        self.lines += [json.loads(line) for line in text.splitlines()]
        if self.takes:
            self.outbox.taken(len(text))

    @property
    def text(self) -> str:
        return "".join(line.get("text", "") for line in self.lines)

    async def run(self, code: str, *, settings: dict[str, Any] | None = None) -> list[dict[str, Any]]:
        await answer(code, [{"role": "user", "content": "Hello"}], settings or {}, self.outbox)
        self.outbox.flush()
        return self.lines


def seen() -> list[str]:
    """What the program has written into its own list ``seen``."""
    import sys

    return list(sys.modules[MODULE].seen)


async def stopped(code: str, *, after: str = "one") -> Desk:
    """Run a program, cancel it once it has said ``after``, and wait for its end."""
    desk = Desk()
    task = asyncio.ensure_future(desk.run(code))
    while after not in desk.text:
        assert not task.done(), desk.lines
        await asyncio.sleep(0)
        desk.outbox.flush()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert task.cancelled()
    return desk


@pytest.mark.parametrize(
    "code",
    [
        "async def reply(messages, settings):\n    yield 'one '\n    yield 'two'",
        "def reply(messages, settings):\n    yield 'one '\n    yield 'two'",
        "def reply(messages, settings):\n    return ['one ', 'two']",
        "def reply(messages, settings):\n    return 'one two'",
        "async def reply(messages, settings):\n    return 'one two'",
        "async def parts():\n    yield 'one '\n    yield 'two'\n"
        "async def reply(messages, settings):\n    return parts()",
        "await __import__('asyncio').sleep(0)\ndef reply(messages, settings):\n    return {'text': 'one two'}",
    ],
)
async def test_every_kind_of_reply_is_said(code: str) -> None:
    desk = Desk()
    lines = await desk.run(code)
    assert desk.text == "one two"
    assert lines[-1] == {"end": "stop"}


async def test_messages_and_settings_reach_the_program() -> None:
    desk = Desk()
    await desk.run(
        "def reply(messages, settings):\n    yield messages[-1]['content'] + settings.model + settings['model']",
        settings={"model": "m"},
    )
    assert desk.text == "Hellomm"


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("def reply(messages, settings):\n    yield 'one'\n    1 / 0", "ZeroDivisionError in line 3: division"),
        ("async def reply(messages, settings):\n    yield 'one'\n    raise KeyError('k')", "KeyError in line 3"),
        ("def reply(messages, settings):\n    yield 'one'\n    exit(3)", "SystemExit in line 3"),
        ("def reply(messages, settings):\n    yield 'one'\n    yield 3", "reply yielded int"),
        ("def reply(messages, settings):\n    yield 'one'\n    yield settings.colour", "no setting 'colour'"),
        ("1 / 0\ndef reply(messages, settings): ...", "ZeroDivisionError in line 1"),
        ("def other(): ...", "no function “reply”"),
        ("def reply(messages, settings):\n    return b'bytes'", "bytes, which is not text"),
    ],
)
async def test_what_it_raises_is_said_after_what_it_said(code: str, sentence: str) -> None:
    desk = Desk()
    lines = await desk.run(code)
    assert sentence in lines[-1]["error"]
    assert desk.text == ("one" if "one" in code else "")


async def test_a_stop_while_it_waits_runs_its_finally() -> None:
    """S12, S17: the cancelled program sees a CancelledError where it waits."""
    await stopped(
        "import asyncio\nseen = []\n"
        "async def reply(messages, settings):\n"
        "    try:\n        yield 'one'\n        await asyncio.sleep(3600)\n"
        "    except asyncio.CancelledError:\n        seen.append('cancelled')\n        raise\n"
        "    finally:\n        await asyncio.sleep(0)\n        seen.append('finally')\n"
    )
    assert seen() == ["cancelled", "finally"]


@pytest.mark.parametrize("kind", ["async def", "def"])
async def test_a_stop_between_two_yields_runs_its_finally(kind: str) -> None:
    """S12, S17: also a plain generator is heard out step by step, so that a cancel gets through."""
    await stopped(
        f"seen = []\n{kind} reply(messages, settings):\n"
        "    try:\n        while True:\n            yield 'one'\n    finally:\n        seen.append('finally')\n"
    )
    assert seen() == ["finally"]


async def test_generators_that_were_left_in_the_middle_are_closed_as_well() -> None:
    """S12: as LangChain's ``astream`` has generators inside; each may have a connection to close, by awaiting."""
    await stopped(
        "import asyncio\nseen = []\nkept = []\n"
        "async def inner():\n    try:\n        while True:\n            yield 'one'\n"
        "    finally:\n        await asyncio.sleep(0)\n        seen.append('inner')\n"
        "async def reply(messages, settings):\n"
        "    kept.append(inner())\n"
        "    async for word in kept[0]:\n        yield word\n"
    )
    assert seen() == ["inner"]


async def test_one_that_is_dropped_is_closed_before_the_end() -> None:
    desk = Desk()
    await desk.run(
        "import asyncio\nseen = []\n"
        "async def inner():\n    try:\n        yield 'one'\n        yield 'two'\n"
        "    finally:\n        await asyncio.sleep(0)\n        seen.append('inner')\n"
        "async def reply(messages, settings):\n"
        "    async for word in inner():\n        yield word\n        break\n"
    )
    assert desk.text == "one"
    assert seen() == ["inner"]


@pytest.mark.parametrize("ends", ["await asyncio.sleep(3600)", "return"])
async def test_no_task_of_the_program_is_left(ends: str) -> None:
    """S16: nothing goes on."""
    code = (
        "import asyncio\nseen = []\n"
        "async def work():\n    try:\n        await asyncio.sleep(3600)\n    finally:\n        seen.append('work')\n"
        "async def reply(messages, settings):\n"
        "    task = asyncio.create_task(work())\n    await asyncio.sleep(0)\n    yield 'one'\n"
        f"    {ends}\n"
    )
    before = asyncio.all_tasks()
    if ends == "return":
        await Desk().run(code)
    else:
        await stopped(code)
    assert seen() == ["work"]
    assert asyncio.all_tasks() == before


async def test_a_flood_leaves_room_for_others_and_goes_in_few_messages() -> None:
    """S17: what the page says, a cancel above all, is heard between two yields."""
    desk = Desk()
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    other = asyncio.ensure_future(others())
    await desk.run("def reply(messages, settings):\n    for _ in range(200_000):\n        yield 'word '")
    other.cancel()
    assert desk.text == "word " * 200_000
    assert turns > 10
    assert len(desk.lines) < 1000


async def test_a_word_is_sent_before_the_program_blocks() -> None:
    """A plain generator that blocks lets no timer through: what it has yielded before has to be on its way."""
    desk = Desk()
    await desk.run(
        "import sys\nseen = []\n"
        "def reply(messages, settings):\n"
        "    for word in ('one ', 'two ', 'three'):\n        yield word\n        seen.append(desk.text)\n".replace(
            "desk.text", "settings.said()"
        ),
        settings={"said": lambda: desk.text},
    )
    assert seen() == ["one ", "one two ", "one two three"]


async def test_a_page_that_is_behind_makes_the_program_wait() -> None:
    desk = Desk(takes=False)
    task = asyncio.ensure_future(
        desk.run("async def reply(messages, settings):\n    for _ in range(100):\n        yield 'x' * 10_000")
    )
    for _ in range(1000):
        await asyncio.sleep(0)
    waiting = len(desk.text)
    assert waiting < AHEAD + 2 * 10_000 < 1_000_000
    assert not task.done()
    desk.takes = True
    desk.outbox.taken(sum(map(len, desk.posts)))
    await task
    assert len(desk.text) == 1_000_000


async def test_models_are_named_by_a_list_or_a_function() -> None:
    for code, names in (
        ("models = ['a', 'b']", ["a", "b"]),
        ("def models(): return ('a',)", ["a"]),
        ("async def models(): return ['a']", ["a"]),
        ("x = 1", []),
    ):
        desk = Desk()
        await models(code, desk.outbox)
        desk.outbox.flush()
        assert desk.lines == [{"models": names}]
    desk = Desk()
    await models("def models(): return 1 / 0", desk.outbox)
    desk.outbox.flush()
    assert "ZeroDivisionError" in desk.lines[0]["error"]
