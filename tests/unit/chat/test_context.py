"""What the next turn sends (S19)."""

from __future__ import annotations

from collections.abc import Iterable

from halt.chat.attachment import Attachment
from halt.chat.context import CONTINUE, continue_messages, next_messages
from halt.chat.conversation import GrowingText, Prompt, Reply, Turn
from halt.chat.status import Status
from halt.providers.base import Image, Message


def path(*texts: str) -> list[Turn]:
    """Make a path of turns: prompts and replies in turn."""
    turns: list[Turn] = []
    for number, text in enumerate(texts):
        if number % 2 == 0:
            turns.append(Prompt(str(number), text=text))
        else:
            turns.append(Reply(str(number), source=GrowingText(text), status=Status.STOPPED))
    return turns


def told(turns: Iterable[Turn], system_prompt: str = "") -> list[tuple[str, str]]:
    return [(message.role, message.content) for message in next_messages(list(turns), system_prompt)]


def test_a_stopped_reply_is_told_as_an_ordinary_assistant_turn() -> None:
    """S19"""
    assert told(path("Why?", "Because the", "Go on differently")) == [
        ("user", "Why?"),
        ("assistant", "Because the"),
        ("user", "Go on differently"),
    ]


def test_an_empty_reply_is_left_out_and_the_prompts_around_it_become_one() -> None:
    """S19: roles alternate and no assistant turn is empty."""
    assert told(path("Why?", "", "Why, in short?")) == [("user", "Why?\n\nWhy, in short?")]
    assert told(path("Why?", " \n\n ", "How?")) == [("user", "Why?\n\nHow?")]


def test_no_turn_ends_in_white_space() -> None:
    """S19: some providers refuse trailing white space."""
    assert told(path("Why? \n", "Because\n\n", "So")) == [("user", "Why?"), ("assistant", "Because"), ("user", "So")]


def test_two_stops_in_a_row_before_the_first_word_leave_one_prompt() -> None:
    """S19"""
    assert told(path("One", "", "Two", "", "Three")) == [("user", "One\n\nTwo\n\nThree")]


def test_a_reply_that_only_thought_is_not_told() -> None:
    """S19"""
    turns = path("Why?", "", "Now?")
    reply = turns[1]
    assert isinstance(reply, Reply)
    reply.reasoning.append("Let me think")
    assert told(turns) == [("user", "Why?\n\nNow?")]


def test_the_system_prompt_comes_first_and_only_if_it_says_something() -> None:
    assert told(path("Hi"), " Be brief. ")[0] == ("system", "Be brief.")
    assert told(path("Hi"), "  \n")[0] == ("user", "Hi")


def test_going_on_tells_the_partial_and_asks_for_the_rest() -> None:
    """S20"""
    messages = continue_messages(path("Count", "one two"))
    assert [(message.role, message.content) for message in messages] == [
        ("user", "Count"),
        ("assistant", "one two"),
        ("user", CONTINUE),
    ]


def test_going_on_without_a_kept_word_asks_anew() -> None:
    """S20"""
    assert [message.content for message in continue_messages(path("Count", ""))] == ["Count"]


PNG = Attachment("i", "photo.png", "image/png", data=b"png")
NOTES = Attachment("t", "notes.md", text="Two.\n")
FILES = {"i": PNG, "t": NOTES}
TOLD = "File notes.md:\n```md\nTwo.\n```"


def test_files_stand_before_what_is_asked_about_them() -> None:
    (message,) = next_messages([Prompt("p", text="What is it? ", attachments=["t", "i", "gone"])], files=FILES)
    assert message == Message("user", f"{TOLD}\n\nWhat is it?", (Image("image/png", b"png"),))
    (message,) = next_messages([Prompt("p", attachments=["i"])], files=FILES)
    assert message == Message("user", "", (Image("image/png", b"png"),))


def test_prompts_that_become_one_keep_their_files() -> None:
    """S19: roles alternate, and nothing of a prompt without an answer is lost."""
    turns = path("Why?", "", "", "", "How?")
    for turn in (turns[0], turns[2]):
        assert isinstance(turn, Prompt)
        turn.attachments = ["i", "t"]
    image = Image("image/png", b"png")
    assert next_messages(turns, files=FILES) == [
        Message("user", f"{TOLD}\n\nWhy?\n\n{TOLD}\n\nHow?", (image, image)),
    ]


def test_going_on_tells_the_files_again() -> None:
    """S20"""
    turns = path("Count", "one")
    assert isinstance(turns[0], Prompt)
    turns[0].attachments = ["i"]
    assert continue_messages(turns, files=FILES)[0].images == (Image("image/png", b"png"),)
