"""Files into conversations: our own exports, ChatGPT's and Open WebUI's. Nothing kept is overwritten or doubled.

What is whole in a damaged file is imported, and what is not is listed.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field

from halt.chat.conversation import Conversation
from halt.store.entries import Entries
from halt.store.errors import ImportRefused, TooLarge, UnknownFormat, Unreadable
from halt.store.fields import plain
from halt.store.import_chatgpt import is_chatgpt, read_chatgpt
from halt.store.import_open_webui import is_open_webui, read_open_webui
from halt.store.loading import Damage, load_conversation
from halt.store.merging import Merging
from halt.store.zipped import is_zip, json_files

LARGEST_BYTES = 250_000_000
"""How large the texts of an import may be together: read, they take several times that much of the page's memory."""

LARGEST_ZIP_BYTES = 1_000_000_000
"""How large a zip may be: most of it are images, which are not read."""

WHAT_IS_READ = "Halt reads its own exports, ChatGPT's (the zip, or its conversations.json) and Open WebUI's."

NOT_READ = f"This file is damaged, or no export at all: it is no JSON. {WHAT_IS_READ}"
NOT_KNOWN = f"This file holds nothing that Halt knows as a conversation. {WHAT_IS_READ}"
PARTLY_READ = "The file is damaged or cut off. What is whole in it was imported; the rest can't be read."
ENTRY_NOT_READ = "A conversation in the file can't be read."


@dataclass(slots=True)
class Imported:
    """What an import brings: ``conversations`` are to be added to those that are kept.

    ``known`` are titles of conversations that are here already, ``copies`` those of conversations that are here with
    other messages: they come under ids of their own, beside the kept ones.
    """

    conversations: list[Conversation] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    copies: list[str] = field(default_factory=list)
    damages: list[Damage] = field(default_factory=list)

    @property
    def sentence(self) -> str:
        """Say what came of it."""
        parts = [f"{_count(len(self.conversations))} imported."]
        if self.known:
            parts.append(f"{_count(len(self.known))} left out, being here already.")
        if self.copies:
            parts.append(f"{len(self.copies):,} of them differ from what is here, and stand beside it.")
        if self.damages:
            parts.append(f"{len(self.damages):,} {'thing' if len(self.damages) == 1 else 'things'} could not be read.")
        return " ".join(parts)


def read_export(data: bytes | str, kept: Mapping[str, Conversation]) -> Imported:
    """Read an export, whichever it is, next to the conversations that are ``kept``, by id; these are not changed.

    Raises ``ImportRefused`` with a sentence where nothing of the file can be imported.
    """
    steps = read_in_steps(data, kept)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]  # typeshed has Any here


def read_in_steps(data: bytes | str, kept: Mapping[str, Conversation]) -> Generator[float, None, Imported]:
    """Do the same one conversation at a time, so that a page can breathe: yields how much is read (0 to 1)."""
    imported = Imported()
    merging = Merging(kept)
    understood = False
    refused: ImportRefused | None = None
    for text in _texts(data, imported):
        entries = Entries(text)
        some = False
        for entry in entries:
            some = True
            found = _read(entry)
            if found is None:
                imported.damages.append(Damage("", "an entry of no known shape", ENTRY_NOT_READ))
            else:
                understood = True
                _take(*found, merging, imported)
            yield entries.position / len(text)
        if entries.fault:
            imported.damages.append(Damage("", entries.fault, PARTLY_READ if some else NOT_READ))
        if some:
            refused = UnknownFormat(NOT_KNOWN)
        elif entries.fault:
            refused = Unreadable(NOT_READ)
    if refused and not understood:
        raise refused
    return imported


def _take(conversation: Conversation, damages: list[Damage], merging: Merging, imported: Imported) -> None:
    imported.damages += damages
    if conversation.last is None and not conversation.queue and not conversation.has_draft:
        return  # nothing was ever said in it
    taken = merging.take(conversation)
    if taken is None:
        imported.known.append(conversation.title)
        return
    imported.conversations.append(taken)
    if taken is not conversation:
        imported.copies.append(taken.title)


def _texts(data: bytes | str, imported: Imported) -> Iterator[str]:
    if isinstance(data, str):
        _check_size(len(data), LARGEST_BYTES)
        yield data.removeprefix("\ufeff")
        return
    if is_zip(data):
        _check_size(len(data), LARGEST_ZIP_BYTES)
        files = json_files(data, LARGEST_BYTES)
    else:
        _check_size(len(data), LARGEST_BYTES)
        files = [data]
    for file in files:
        try:
            yield file.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            what = f"no UTF-8 at byte {error.start:,}"
            imported.damages.append(Damage("", what, "Some characters in the file can't be read; they show as �."))
            yield file.decode("utf-8-sig", "replace")


def _check_size(size: int, most: int) -> None:
    if size > most:
        raise TooLarge(
            f"This file is larger than {most // 1_000_000:,} MB, which is more than a page can read. "
            "Export fewer conversations at once, or split the file."
        )


def _read(entry: object) -> tuple[Conversation, list[Damage]] | None:
    if not isinstance(entry, dict):
        return None
    if "conversation" in entry and isinstance(entry.get("messages"), list):
        attachments = entry.get("attachments")
        attachments = attachments if isinstance(attachments, list) else []
        return load_conversation(plain(entry["conversation"]), plain(entry["messages"]), attachments=plain(attachments))
    if is_chatgpt(entry):
        return read_chatgpt(entry)
    if is_open_webui(entry):
        return read_open_webui(entry)
    return None


def _count(number: int) -> str:
    return f"{number:,} conversation{'' if number == 1 else 's'}"
