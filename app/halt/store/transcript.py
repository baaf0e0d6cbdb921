"""What an export to be read shows of a conversation: the turns that are on the screen, and what is said about each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from halt.chat.attached import files_of
from halt.chat.attachment import Attachment
from halt.chat.conversation import Conversation, Prompt, Reply, Turn
from halt.chat.status import Status

UNTITLED = "Conversation"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MARKS = {
    Status.CONNECTING: "Unfinished",
    Status.STREAMING: "Unfinished",
    Status.COMPLETE: "",
    Status.STOPPED: "Stopped",
    Status.INTERRUPTED: "Interrupted",
    Status.FAILED: "Failed",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One turn: who speaks and when, the text, the thinking and how long it took, and what became of the reply.

    ``files`` are those of a prompt.
    ``cut_off``: the text ends where nobody meant it to.
    """

    role: str
    by: str
    when: str
    text: str
    thinking: str = ""
    thought: str = ""
    mark: str = ""
    notice: str = ""
    cut_off: bool = False
    files: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Transcript:
    """A conversation to be read; ``hidden`` says how many messages of other branches it leaves out."""

    title: str
    entries: list[Entry]
    hidden: str


def transcript(conversation: Conversation, zone: tzinfo = UTC) -> Transcript:
    """Tell what is on the screen of a conversation, replies side by side one after another; times are in ``zone``."""
    shown: list[Turn] = []
    for turn in conversation.path():
        above = turn.parent
        columns = above.columns if isinstance(above, Prompt) and turn in above.columns else [turn]
        shown += columns
    hidden = sum(1 for _ in conversation.turns()) - len(shown)
    said = "1 message of another branch is" if hidden == 1 else f"{hidden:,} messages of other branches are"
    note = f"{said} not shown here; the export as JSON has all." if hidden else ""
    entries = [_entry(conversation, turn, zone) for turn in shown]
    return Transcript(one_line(conversation.title) or UNTITLED, entries, note)


def moment(ms: float, zone: tzinfo) -> str:
    """Say when that was, ``ms`` after 1970, to the minute; empty where that is not known."""
    if not ms:
        return ""
    try:
        return (_EPOCH + timedelta(milliseconds=ms)).astimezone(zone).strftime("%Y-%m-%d %H:%M")
    except (OverflowError, ValueError):  # later than the year 9999
        return ""


def one_line(text: str) -> str:
    """Bring a title onto one line."""
    return " ".join(text.split())


def writable(text: str) -> str:
    """Give a text that can be written to a file: half a character (a lone surrogate) becomes a mark."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _entry(conversation: Conversation, turn: Turn, zone: tzinfo) -> Entry:
    when = moment(turn.created_ms, zone)
    if isinstance(turn, Reply):
        mark = _MARKS[turn.status]
        return Entry(
            role="assistant",
            by=one_line(" · ".join(filter(None, (turn.provider, turn.model)))) or "Model",
            when=when,
            text=turn.text,
            thinking=turn.thinking,
            thought=_thought(turn.thinking_ms),
            mark=f"{mark} before the first word" if mark and not turn.source else mark,
            notice=one_line(turn.notice),
            cut_off=turn.cut_off,
        )
    if not isinstance(turn, Prompt):
        return Entry(role="user", by="You", when=when, text="")
    files = tuple(files_of(conversation, turn.attachments))
    return Entry(role="user", by="You", when=when, text=turn.text, files=files)


def _thought(ms: float | None) -> str:
    seconds = max(1, round(ms / 1000)) if ms is not None else 0
    return f"Thought for {seconds:,} second{'' if seconds == 1 else 's'}" if seconds else "Thought"
