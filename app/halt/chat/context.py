"""What the next turn tells the model: one pure function from a path of turns to messages (S19)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from halt.chat.attachment import Attachment, fenced
from halt.chat.conversation import Prompt, Reply, Turn
from halt.providers.base import Image, Message

CONTINUE = (
    "Continue exactly where you stopped. Begin with the very next character of your last message; "
    "repeat nothing of it and add no remark."
)

Files = Mapping[str, Attachment]
"""The files of a conversation by id."""

NO_FILES: Files = MappingProxyType({})


def next_messages(path: Sequence[Turn], system_prompt: str = "", files: Files = NO_FILES) -> list[Message]:
    """Turn the path into messages that any provider takes; texts in ``files`` stand before what is asked about them.

    Roles alternate, no turn is empty and none ends in white space: an empty reply is left out and the prompts around it
    become one. A stopped reply counts like any other, as far as it was kept.
    """
    messages: list[Message] = []
    if system_prompt.strip():
        messages.append(Message("system", system_prompt.strip()))
    for turn in path:
        if isinstance(turn, Prompt):
            message = _user(turn, files)
        elif isinstance(turn, Reply):
            message = Message("assistant", turn.text.rstrip())
        else:
            continue
        if not message.content and not message.images:
            continue
        if messages and messages[-1].role == message.role:
            message = _joined(messages.pop(), message)
        messages.append(message)
    return messages


def continue_messages(
    path: Sequence[Turn], system_prompt: str = "", files: Files = NO_FILES, *, prefills: bool = False
) -> list[Message]:
    """Ask for the rest of the reply that ends ``path`` (S20); without a kept word it is asked anew.

    A provider that ``prefills`` goes on with an assistant turn by itself; any other is asked to.
    """
    messages = next_messages(path, system_prompt, files)
    if messages and messages[-1].role == "assistant" and not prefills:
        messages.append(Message("user", CONTINUE))
    return messages


def _user(prompt: Prompt, files: Files) -> Message:
    own = [files[name] for name in prompt.attachments if name in files]
    texts = [fenced(one) for one in own if not one.is_image]
    images = tuple(Image(one.media_type, one.data) for one in own if one.is_image)
    return Message("user", "\n\n".join(filter(None, [*texts, prompt.text.strip()])), images)


def _joined(one: Message, two: Message) -> Message:
    content = "\n\n".join(filter(None, (one.content, two.content)))
    return Message(one.role, content, (*one.images, *two.images))
