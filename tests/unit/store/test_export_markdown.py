"""The Markdown export: a heading a turn, texts to the character, and no reply that swallows the next one."""

from __future__ import annotations

from datetime import timedelta, timezone

from hypothesis import given
from markdown_it import MarkdownIt

from halt.chat.conversation import Conversation, GrowingText, Prompt, Reply
from halt.chat.status import Status
from halt.store.export_markdown import to_markdown

from .trees import FILES, conversations, small

CEST = timezone(timedelta(hours=2))


def headings(markdown: str) -> list[str]:
    tokens = MarkdownIt("commonmark", {"html": False}).parse(markdown)
    return [tokens[place + 1].content for place, token in enumerate(tokens) if token.type == "heading_open"]


def test_the_turns_stand_in_order_with_thinking_and_marks() -> None:
    conversation = small()
    conversation.choose(conversation.find("r4") or conversation.root)
    markdown = to_markdown(conversation, CEST)
    assert headings(markdown) == [
        "Why is the sky blue?",
        "You (2023-11-15 00:13)",
        "OpenAI · m-2",
        "You (2023-11-15 00:14)",
        "m-1",
        "m-2",
    ]
    assert "\n\nRayleigh *scattering*.\n\n```py\nprint('<b>')\n```\n" in markdown
    assert "<summary>Thought for 4 seconds</summary>\n\n> Short waves\n> scatter more.\n\n</details>" in markdown
    assert "Red stays\n\n*Interrupted.*\n\n*It broke.*\n" in markdown
    assert "*1 message of another branch is not shown" in markdown


def test_a_block_of_code_that_was_stopped_half_way_ends_before_the_next_turn() -> None:
    """S8: the mark is no part of the text."""
    conversation = Conversation("c")
    conversation.add(Prompt("p", text="Run\n~~~~sh\nls"), None)
    stopped = Reply("r", source=GrowingText("Here:\n\n```py\nx = 1"), status=Status.STOPPED, model="m")
    conversation.add(stopped, conversation.last)
    conversation.add(Prompt("p2", text="Go on"), stopped)
    markdown = to_markdown(conversation)
    assert headings(markdown) == ["Run ~~~~sh ls", "You", "m", "You"]
    assert "```py\nx = 1\n```\n\n*Stopped.*" in markdown


def test_a_reply_without_a_word_says_so() -> None:
    """S9"""
    conversation = Conversation("c")
    conversation.add(Reply("r", status=Status.STOPPED), None)
    assert "*Stopped before the first word.*" in to_markdown(conversation)


def test_a_title_and_a_model_are_no_markup() -> None:
    conversation = Conversation("c")
    conversation.given_title = "*Why* <b>\nnot_this_"
    assert to_markdown(conversation) == "# \\*Why\\* \\<b\\> not\\_this\\_\n"


@given(conversations())
def test_any_conversation_can_be_written_to_a_file(conversation: Conversation) -> None:
    to_markdown(conversation).encode()


def test_texts_are_folded_and_images_are_named() -> None:
    conversation = Conversation("c")
    conversation.attachments = {one.id: one for one in FILES}
    conversation.add(Prompt("p", text="Look", attachments=["a1", "a2"]), None)
    markdown = to_markdown(conversation)
    assert "*Image photo \\<1\\>.png (20 B): the exports as HTML page and as JSON have it.*" in markdown
    assert "<summary>notes.md (27 B)</summary>\n\n````\n```\nfenced\n```\r\n" in markdown
    assert headings(markdown) == ["Look", "You"]
