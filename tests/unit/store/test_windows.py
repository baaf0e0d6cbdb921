"""Two windows on the same data: each shows what the other does, and neither writes over the other."""

from __future__ import annotations

from collections.abc import AsyncIterator
from random import Random

import pytest

from halt.chat.conversation import Prompt, Reply
from halt.chat.overrides import Overrides
from halt.chat.status import Status
from halt.store.windows import NO_LOCKS

from .windows import House, Window


@pytest.fixture
async def house() -> AsyncIterator[House]:
    house = House()
    yield house
    await house.close()


async def running(house: House) -> tuple[Window, Window]:
    """Give a window in which a reply is written, and one that has opened it since."""
    owner = await house.open()
    owner.ask("Question")
    await owner.say("one ")
    follower = await house.open()
    await follower.show(owner.workspace.current)
    return owner, follower


async def kept(house: House) -> Window:
    """Open a window anew and show the newest conversation."""
    window = await house.open()
    await window.show(window.workspace.conversations[-1])
    return window


async def test_a_reply_that_is_written_in_one_window_is_shown_live_in_the_other(house: House) -> None:
    """S7, S18, S23: also what was said before the other opened, and with nothing of it written there."""
    owner, follower = await running(house)
    assert follower.says() == [("Question", ""), ("one ", "streaming")]
    assert follower.workspace.running
    await owner.say("two ")
    assert follower.last.text == "one two "
    follower.touch()
    await house.pass_time()
    await owner.say("three.", ends=True)
    assert follower.says() == owner.says() == [("Question", ""), ("one two three.", "complete")]
    assert not follower.workspace.running
    assert (await kept(house)).says() == owner.says()


async def test_a_window_that_is_there_from_the_beginning_sees_all(house: House) -> None:
    """S23: the conversation appears in its list, runs there, and can be stopped there."""
    owner, other = await house.open(), await house.open()
    owner.ask("Question")
    await owner.say("one ")
    (conversation,) = [one for one in other.workspace.conversations if one.title == "Question"]
    assert len(other.workspace.runs_in(conversation)) == 1
    assert not other.workspace.running
    other.workspace.stop_conversation(conversation.id)
    await house.pass_time()
    assert owner.says() == [("Question", ""), ("one ", "stopped")]
    assert owner.transport.exchanges[-1].aborted


async def test_a_stop_in_the_other_window_stops_the_run_and_freezes_both(house: House) -> None:
    """S6, S7, S10: nothing that was on its way is shown after the press."""
    owner, follower = await running(house)
    shown = follower.screen.text
    owner.transport.exchanges[-1].send(b'data: {"choices": [{"delta": {"content": "on its way "}}]}\n\n')
    await house.clock.settle()
    follower.workspace.stop()
    assert follower.last.status is Status.STOPPED
    await house.pass_time()
    assert owner.transport.exchanges[-1].aborted
    assert follower.screen.text == shown
    assert owner.says() == follower.says() == [("Question", ""), (owner.last.text, "stopped")]
    assert (await kept(house)).says() == owner.says()


async def test_a_window_that_dies_leaves_its_reply_interrupted(house: House) -> None:
    """S18: what the other window had shown is kept, and it can go on."""
    owner, follower = await running(house)
    await owner.say("two ")
    await owner.die()
    assert follower.says() == [("Question", ""), ("one two ", "interrupted")]
    assert not follower.workspace.running
    follower.touch()
    follower.workspace.go_on(follower.last)
    await follower.say("three.", ends=True)
    assert (await kept(house)).says() == [("Question", ""), (follower.last.text, "complete")]


async def test_a_message_to_a_reply_that_is_written_elsewhere_waits_and_is_sent_once(house: House) -> None:
    """S2, S16: the window whose run it is sends it."""
    owner, follower = await running(house)
    follower.workspace.queue("And then?")
    follower.touch()
    await house.pass_time()
    assert [one.text for one in owner.workspace.current.queue] == ["And then?"]
    await owner.say("two.", ends=True)
    await owner.say("Then this.", ends=True)
    expected = [("Question", ""), ("one two.", "complete"), ("And then?", ""), ("Then this.", "complete")]
    assert owner.says() == follower.says() == expected
    assert not owner.workspace.current.queue
    assert not follower.workspace.current.queue
    assert len(follower.transport.exchanges) == 0


async def test_changes_of_one_window_show_in_the_other(house: House) -> None:
    """Messages, branches, drafts, titles, deletions, and their undoing."""
    one, two = await house.open(), await house.open()
    one.ask("Question")
    await one.say("First.", ends=True)
    await two.show(one.workspace.current)
    one.workspace.regenerate(one.last)
    await one.say("Second.", ends=True)
    assert two.says() == [("Question", ""), ("Second.", "complete")]
    conversation = two.workspace.current
    conversation.choose(conversation.branches(two.last)[0])
    conversation.given_title, conversation.title_by, conversation.draft = "A title", "person", "A draft"
    two.touch()
    await house.pass_time()
    assert one.says() == [("Question", ""), ("First.", "complete")]
    assert (one.workspace.current.title, one.workspace.current.draft) == ("A title", "A draft")
    removed = one.workspace.delete(one.last)
    one.touch()
    await house.pass_time()
    assert two.says() == [("Question", ""), ("Second.", "complete")]
    one.workspace.current.restore(removed)
    one.touch()
    await house.pass_time()
    assert two.says() == [("Question", ""), ("First.", "complete")]


async def test_a_conversation_that_is_deleted_goes_in_both_and_its_run_stops(house: House) -> None:
    """S10, S16: and an undo brings it back to both."""
    owner, follower = await running(house)
    conversation = follower.workspace.current
    follower.workspace.remove_conversation(conversation)
    follower.keeper.forget(conversation)
    await house.pass_time()
    assert owner.transport.exchanges[-1].aborted
    assert conversation.id not in [one.id for one in owner.workspace.conversations]
    assert await house.disk.read(("conversations", "messages", "growth")) == [[], [], []]
    follower.workspace.restore_conversation(conversation, 0)
    follower.keeper.touch(conversation)
    await house.pass_time()
    await owner.show(conversation)
    assert owner.says() == follower.says() == [("Question", ""), ("one ", "stopped")]


async def test_two_windows_that_write_at_once_lose_no_message(house: House) -> None:
    """S7: and both come to show the same."""
    one, two = await house.open(), await house.open()
    one.ask("Question")
    await one.say("Answer.", ends=True)
    await two.show(one.workspace.current)
    one.ask("From one")
    two.ask("From two")
    await one.say("To one.", ends=True)
    await two.say("To two.", ends=True)
    for window in (one, two, await kept(house)):
        texts = {turn.text for turn in window.workspace.current.turns() if isinstance(turn, Prompt | Reply)}
        assert texts == {"Question", "Answer.", "From one", "From two", "To one.", "To two."}
    prompts = [[turn.id for turn in window.workspace.current.turns()] for window in (one, two)]
    assert prompts[0] == prompts[1]


async def test_a_browser_without_locks_says_so_once_and_follows_all_the_same(house: House) -> None:
    house.have_locks = False
    owner, follower = await running(house)
    await owner.say("two ")
    assert follower.says() == [("Question", ""), ("one two ", "streaming")]
    follower.workspace.stop()
    await house.pass_time()
    assert owner.says() == follower.says() == [("Question", ""), ("one two ", "stopped")]
    assert set(owner.told) == set(follower.told) == {NO_LOCKS}


async def test_what_strangers_on_the_same_origin_say_is_passed_over(house: House) -> None:
    owner, _ = await running(house)
    run = owner.last.run_id
    for message in (None, 1, "x", {}, [], [1], [2, "stop", run, "person"], [1, "stop", run], [1, "stop", 5, "person"]):
        owner.others.hear(message)
    for message in ([1, "stop", run, "please"], [1, "shown", run, "0", "x", 0, ""], [1, "ended", run]):
        owner.others.hear(message)
    await house.pass_time()
    assert owner.last.status is Status.STREAMING


@pytest.mark.parametrize("seed", range(40))
async def test_whatever_two_windows_do_both_come_to_show_the_same(house: House, seed: int) -> None:
    """S7, S23: and it is what is kept."""
    random = Random(seed)  # noqa: S311 - repeatable on purpose
    windows = [await house.open(), await house.open()]
    windows[0].ask("Question 0")
    await windows[0].say("Answer.", ends=True)
    await windows[1].show(windows[0].workspace.current)
    for number in range(1, 25):
        window = random.choice(windows)
        conversation = window.workspace.current
        match random.randrange(6):
            case 0 if not window.workspace.running:
                window.ask(f"Question {number}")
            case 1 if (exchanges := window.transport.exchanges) and not (exchanges[-1].over or exchanges[-1].aborted):
                await window.say(f"Word {number}. ", ends=random.random() < 0.5)
            case 2:
                window.workspace.stop()
            case 3 if conversation.path():
                turn = random.choice(conversation.path())
                conversation.choose(random.choice(conversation.branches(turn)))
            case 4 if not window.workspace.running and len(conversation.path()) > 2:
                window.workspace.delete(random.choice(conversation.path()[2:]))
            case 5:
                conversation.draft = f"Draft {number}"
        window.touch()
        await house.pass_time(random.choice((0, 10, 200)))
    for window in windows:
        window.workspace.stop()
    await house.pass_time(2_000)
    for window in windows:
        window.touch()
    await house.pass_time(2_000)
    shown = [window.says() for window in (*windows, await kept(house))]
    assert shown[0] == shown[1] == shown[2]
    assert not [window.told for window in windows if window.told]


async def test_two_windows_that_write_different_things_of_a_conversation_at_once_keep_both(house: House) -> None:
    one, two = await house.open(), await house.open()
    one.ask("Question")
    await one.say("Answer.", ends=True)
    await two.show(one.workspace.current)
    one.workspace.current.given_title = "A title"
    two.workspace.current.draft = "A draft"
    two.workspace.current.overrides = Overrides(model="other")
    one.touch()
    two.touch()
    await house.pass_time()
    for window in (one, two, await kept(house)):
        assert (window.workspace.current.title, window.workspace.current.draft) == ("A title", "A draft")
        assert window.workspace.current.overrides == Overrides(model="other")
