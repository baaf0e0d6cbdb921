"""The shelf: all conversations, and which of them is the visible one."""

from __future__ import annotations

import uuid

from halt.chat.conversation import Conversation, Turn
from halt.chat.overrides import Overrides


class Shelf:
    """Holds the conversations; one of them is always the visible one."""

    def __init__(self) -> None:
        """Begin with an empty conversation."""
        self.conversations: list[Conversation] = []
        self.current = self.new_conversation()

    def new_conversation(self) -> Conversation:
        """Open an empty conversation and make it the visible one; an empty one that is there already serves again."""
        empty = next((one for one in self.conversations if one.loaded and one.last is None and not one.queue), None)
        if empty is None:
            empty = Conversation(uuid.uuid4().hex)
            self.conversations.insert(0, empty)
        empty.overrides = Overrides()  # whose choice that was belongs to what is left behind
        self.current = empty
        return empty

    @property
    def listed(self) -> list[Conversation]:
        """The conversations that a list shows: those in which something was written, and the visible one."""
        return [one for one in self.conversations if one is self.current or one.title or one.has_draft or one.queue]

    def open_conversation(self, conversation_id: str) -> Conversation:
        """Make a conversation the visible one; this stops nothing (S23). Raises ``KeyError`` for an unknown id."""
        self.current = self.find_conversation(conversation_id)
        return self.current

    def find_conversation(self, conversation_id: str) -> Conversation:
        """Find a conversation by its id. Raises ``KeyError`` for an unknown one."""
        for conversation in self.conversations:
            if conversation.id == conversation_id:
                return conversation
        raise KeyError(conversation_id)

    def conversation_of(self, turn: Turn) -> Conversation | None:
        """Find the conversation in which a turn stands, in any branch."""
        root = turn
        while root.parent is not None:
            root = root.parent
        return next((one for one in self.conversations if one.root is root), None)

    def add_kept(self, conversations: list[Conversation]) -> None:
        """Add conversations of earlier visits, behind those of this one."""
        known = {one.id for one in self.conversations}
        self.conversations += [one for one in conversations if one.id not in known]

    def replace(self, outline: Conversation, loaded: Conversation) -> None:
        """Put the conversation itself where only its title was known."""
        self.conversations[self.conversations.index(outline)] = loaded

    def remove_conversation(self, conversation: Conversation) -> int:
        """Take a conversation out and tell where it stood."""
        place = self.conversations.index(conversation)
        del self.conversations[place]
        if conversation is self.current:
            self.new_conversation()
        return place

    def restore_conversation(self, conversation: Conversation, place: int) -> None:
        """Put back what ``remove_conversation`` took out, and make it the visible one."""
        self.conversations.insert(min(place, len(self.conversations)), conversation)
        self.current = conversation
