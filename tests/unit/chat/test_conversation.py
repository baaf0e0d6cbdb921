"""The tree: asking again makes a branch, deleting can be undone, and nothing is overwritten."""

from __future__ import annotations

from halt.chat.conversation import Conversation, GrowingText, Prompt, Reply


def conversation_with_two_replies() -> tuple[Conversation, Prompt, Reply, Reply]:
    conversation = Conversation("c")
    prompt, first, second = Prompt("p", text="Why?"), Reply("r1"), Reply("r2")
    conversation.add(prompt, None)
    conversation.add(first, prompt)
    conversation.add(second, prompt)
    return conversation, prompt, first, second


def test_a_second_reply_is_a_branch_and_the_first_can_be_returned_to() -> None:
    """S21"""
    conversation, prompt, first, second = conversation_with_two_replies()
    assert conversation.path() == [prompt, second]
    conversation.choose(first)
    assert conversation.path() == [prompt, first]
    assert conversation.branches(first) == [first, second]


def test_choosing_a_turn_in_a_hidden_branch_brings_all_above_it_to_the_screen() -> None:
    conversation, prompt, first, _second = conversation_with_two_replies()
    deep = Prompt("p2", text="And then?")
    conversation.add(deep, first)
    assert conversation.path()[1].id == "r2"
    conversation.choose(deep)
    assert conversation.path() == [prompt, first, deep]
    assert conversation.path_to(deep) == [prompt, first, deep]


def test_a_deleted_branch_gives_way_to_its_neighbour_and_comes_back_where_it_was() -> None:
    conversation, prompt, first, second = conversation_with_two_replies()
    removed = conversation.remove(second)
    assert conversation.path() == [prompt, first]
    conversation.restore(removed)
    assert conversation.path() == [prompt, second]
    assert conversation.branches(first) == [first, second]


def test_deleting_a_prompt_takes_what_is_below_along_and_back() -> None:
    conversation, prompt, _first, second = conversation_with_two_replies()
    removed = conversation.remove(prompt)
    assert conversation.path() == []
    assert conversation.last is None
    conversation.restore(removed)
    assert conversation.path() == [prompt, second]


def test_the_title_is_the_first_line_of_the_first_prompt_cut_to_sixty_characters() -> None:
    conversation = Conversation("c")
    assert conversation.title == ""
    conversation.add(Prompt("p", text="  a\nquestion " + "long " * 30), None)
    assert conversation.title.startswith("a question long")
    assert len(conversation.title) <= 60
    assert conversation.title.endswith("…")


def test_growing_text_reads_the_same_however_it_was_cut() -> None:
    text = GrowingText("a")
    for piece in ("b", "", "cd"):
        text.append(piece)
    assert str(text) == "abcd"
    assert text.length == 4
    assert not GrowingText()
