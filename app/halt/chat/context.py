"""What the next turn tells the model: one pure function from a path of turns to messages (S19)."""

from __future__ import annotations

from collections.abc import Sequence

from halt.chat.conversation import Prompt, Reply, Turn
from halt.providers.base import Message

CONTINUE = (
    "Continue exactly where you stopped. Begin with the very next character of your last message; "
    "repeat nothing of it and add no remark."
)


def next_messages(path: Sequence[Turn], system_prompt: str = "") -> list[Message]:
    """Turn the path into messages that any provider takes.

    Roles alternate, no turn is empty and none ends in white space: an empty reply is left out and the prompts around it
    become one. A stopped reply counts like any other, as far as it was kept.
    """
    messages: list[Message] = []
    if system_prompt.strip():
        messages.append(Message("system", system_prompt.strip()))
    for turn in path:
        if isinstance(turn, Prompt):
            message = Message("user", turn.text.strip())
        elif isinstance(turn, Reply):
            message = Message("assistant", turn.text.rstrip())
        else:
            continue
        if not message.content:
            continue
        if messages and messages[-1].role == message.role:
            message = Message(message.role, f"{messages.pop().content}\n\n{message.content}")
        messages.append(message)
    return messages


def continue_messages(path: Sequence[Turn], system_prompt: str = "", *, prefills: bool = False) -> list[Message]:
    """Ask for the rest of the reply that ends ``path`` (S20); without a kept word it is asked anew.

    A provider that ``prefills`` goes on with an assistant turn by itself; any other is asked to.
    """
    messages = next_messages(path, system_prompt)
    if messages and messages[-1].role == "assistant" and not prefills:
        messages.append(Message("user", CONTINUE))
    return messages
