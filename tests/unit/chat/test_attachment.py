"""What a file is, why it is refused, and how a model is told of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from halt.chat.attached import files_of, missing_ids, names_of, used_files
from halt.chat.attachment import (
    LARGEST_IMAGE_BYTES,
    LARGEST_SENT_BYTES,
    LARGEST_TEXT_BYTES,
    MOST_CHARACTERS,
    MOST_FILES,
    Attachment,
    FileRefused,
    Kind,
    check_fits,
    clean_name,
    fenced,
    kind_of,
    size_said,
    text_of,
)
from halt.chat.conversation import Conversation, Prompt

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"


def image(name: str, size: int) -> Attachment:
    return Attachment(name, f"{name}.png", "image/png", data=bytes(size))


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (PNG, Kind.IMAGE),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", Kind.IMAGE),
        (b"GIF89a\1\0\1\0", Kind.IMAGE),
        (b"RIFF\x24\0\0\0WEBPVP8 ", Kind.IMAGE),
        (b"import os\n", Kind.TEXT),
        ("größer".encode(), Kind.TEXT),
        (b"\xff\xfeH\0i\0", Kind.TEXT),
        (b"<svg xmlns='", Kind.TEXT),
    ],
)
def test_the_first_bytes_tell_what_a_file_is(head: bytes, kind: Kind) -> None:
    assert kind_of("whatever.txt", head, 100) is kind


@pytest.mark.parametrize(
    ("head", "size", "reason"),
    [
        (b"", 0, "“a.x” is empty"),
        (b"%PDF-1.7\n", 100, "“a.x” is a PDF. Copy its text into the message"),
        (b"PK\x03\x04\x14\0", 100, "an archive or an office document. Unpack it"),
        (b"\x7fELF\2\1\1\0", 100, "neither a PNG, JPEG, WebP, GIF or AVIF image nor text in UTF-8"),
        (PNG, LARGEST_IMAGE_BYTES + 1, "larger than 50 MB. Scale it down"),
        (b"text", LARGEST_TEXT_BYTES + 1, "longer than 400,000 characters"),
    ],
)
def test_what_can_not_be_sent_is_refused_before_it_is_read(head: bytes, size: int, reason: str) -> None:
    with pytest.raises(FileRefused, match=reason):
        kind_of("a.x", head, size)


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1).filter(str.strip))
def test_a_text_is_read_to_the_character(text: str) -> None:
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        assert text_of("a", mark + text.encode(encoding)) == text
    if not text.startswith("\ufeff"):
        assert text_of("a", text.encode()) == text


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("größer".encode("latin-1"), "nor text in UTF-8"),
        (b"a\0b", "nor text in UTF-8"),
        (b"\xff\xfe\0\0a\0\0\0", "nor text in UTF-8"),
        (b"\xff\xfeH", "nor text in UTF-8"),
        (b"\xef\xbb\xbf \n", "is empty"),
        (b"x" * (MOST_CHARACTERS + 1), "longer than 400,000 characters"),
    ],
)
def test_what_is_no_text_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(FileRefused, match=reason):
        text_of("a.txt", data)


def test_too_much_in_one_message_is_refused() -> None:
    ten = [Attachment(str(number), f"{number}.txt", text="x") for number in range(MOST_FILES)]
    check_fits(ten[0], ten[1:])
    with pytest.raises(FileRefused, match=r"10 files at most, so “more\.txt” was not attached"):
        check_fits(Attachment("m", "more.txt", text="x"), ten)
    with pytest.raises(FileRefused, match=r"larger than 3\.7 MB"):
        check_fits(image("a", LARGEST_SENT_BYTES + 1), [])
    large = [image(str(number), LARGEST_SENT_BYTES) for number in range(3)]
    check_fits(large[0], large[1:])
    with pytest.raises(FileRefused, match="may have 14 MB together"):
        check_fits(image("a", LARGEST_SENT_BYTES), large)
    long = [Attachment(str(number), f"{number}.txt", text="x" * MOST_CHARACTERS) for number in range(2)]
    with pytest.raises(FileRefused, match="1,000,000 characters together"):
        check_fits(Attachment("m", "more.txt", text="x" * MOST_CHARACTERS), long)


@given(st.text(st.sampled_from("`~ \n\rab"), max_size=40), st.sampled_from(["a.py", "README", "x.", "n `a` me.c++"]))
def test_no_text_can_leave_its_fence(text: str, name: str) -> None:
    """A file that holds fences of its own is still one block, and all of it."""
    told = fenced(Attachment("a", name, text=text))
    tokens = MarkdownIt("commonmark").parse(f"{told}\n\nWhat is this?")
    fences = [token for token in tokens if token.type == "fence"]
    lines = text.replace("\r\n", "\n").replace("\r", "\n")  # as CommonMark reads them (section 2.1)
    assert [token.content for token in fences] == [lines if lines.endswith("\n") else f"{lines}\n"]
    assert text in told
    assert tokens[-2].content == "What is this?"


def test_a_fence_names_the_language_by_the_files_ending() -> None:
    assert fenced(Attachment("a", "Main.PY", text="x = 1\n")) == "File Main.PY:\n```py\nx = 1\n```"
    assert fenced(Attachment("a", "Makefile", text="all:")) == "File Makefile:\n```\nall:\n```"


def test_names_and_sizes_are_short() -> None:
    assert clean_name(" a\n b\u2028.txt ") == "a b .txt"
    assert clean_name("\n") == "file"
    assert len(clean_name("x" * 500)) == 120
    assert [size_said(one) for one in (640, 48_000, 1_200_000)] == ["640 B", "48 kB", "1.2 MB"]
    assert Attachment("a", "a.txt", text="ß").size == 2


def test_a_conversation_knows_its_files() -> None:
    conversation = Conversation("c")
    one, two = Attachment("1", "one.txt", text="1"), Attachment("2", "two.txt", text="2")
    conversation.attachments = {"1": one, "2": two}
    prompt = Prompt("p", text=" ", attachments=["1"])
    conversation.add(prompt, None)
    assert conversation.title == "one.txt"
    assert used_files(conversation) == [one]
    assert not conversation.has_draft
    conversation.draft_attachments = ["2", "gone"]
    conversation.queue.add("", attachments=["1"])
    assert conversation.has_draft
    assert used_files(conversation) == [two, one]
    assert missing_ids(conversation) == ["gone"]
    assert names_of(conversation, ["1", "gone", "2"]) == "one.txt, two.txt"
    assert files_of(conversation, ["gone"]) == []
