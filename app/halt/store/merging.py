"""What comes beside what is kept: nothing is overwritten, and what is here already does not come again."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from halt.chat.conversation import Conversation
from halt.store.fields import Record, plain
from halt.store.foreign import made_id
from halt.store.loading import load_conversation
from halt.store.records import conversation_record, message_records

# What a person changes by reading on, and no message's content.
_PASSING = frozenset({"version", "conversation", "place", "chosen", "columns"})

# Ids of ours and of other programs; anything else could mean something to a page.
_ID = re.compile(r"[A-Za-z0-9_.:-]{1,100}")


class Merging:
    """Takes conversations in, one by one, beside those that are kept and those it took in before."""

    def __init__(self, kept: Mapping[str, Conversation]) -> None:
        self._there = dict(kept)
        self._homes = {turn.id: name for name, conversation in kept.items() for turn in conversation.turns()}

    def take(self, conversation: Conversation) -> Conversation | None:
        """Give what is to be added: the conversation, or a copy under new ids where other messages have these.

        ``None`` where all its messages are here already. The new ids follow from the old ones and from what is said, so
        that the same file brings the same copy, which is then known.
        """
        taken = conversation
        while not self._is_free(taken):
            there = self._there.get(taken.id)
            if there and _contains(there, taken):
                return None
            taken = _copy(taken)
        self._there[taken.id] = taken
        self._homes.update((turn.id, taken.id) for turn in taken.turns())
        return taken

    def _is_free(self, conversation: Conversation) -> bool:
        if conversation.id in self._there or not _ID.fullmatch(conversation.id):
            return False
        return all(turn.id not in self._homes and _ID.fullmatch(turn.id) for turn in conversation.turns())


def _contains(kept: Conversation, other: Conversation) -> bool:
    own = {record["id"]: _lasting(record) for record in message_records(kept)}
    return all(own.get(record["id"]) == _lasting(record) for record in message_records(other))


def _lasting(record: Record) -> Record:
    return {name: value for name, value in record.items() if name not in _PASSING}


def _copy(conversation: Conversation) -> Conversation:
    """Make the same conversation under new ids."""
    messages = list(message_records(conversation))
    said = json.dumps([plain(_lasting(record)) for record in messages], sort_keys=True)
    head = conversation_record(conversation)
    name = made_id(conversation.id, said)
    ids = {"": "", **{record["id"]: made_id(name, record["id"]) for record in messages}}
    for record in messages:
        record |= {"id": ids[record["id"]], "conversation": name}
        record |= {"parent": ids[record["parent"]], "chosen": ids[record["chosen"]]}
        if "columns" in record:
            record["columns"] = [ids[one] for one in record["columns"]]
    copy, _ = load_conversation(head | {"id": name, "chosen": ids[head["chosen"]]}, messages)
    copy.attachments = conversation.attachments  # their ids are their own within a conversation
    return copy
