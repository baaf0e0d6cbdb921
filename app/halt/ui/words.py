"""The sentences that the page says about replies."""

from __future__ import annotations

from collections.abc import Sequence

from halt.chat.conversation import Reply
from halt.chat.status import Status

# The rule of thumb for English text in today's tokenizers.
CHARACTERS_A_TOKEN = 4


def count(number: int, thing: str, things: str = "") -> str:
    """Say a number of things: "1 word", "128 words", "3 replies"."""
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"


def mark(reply: Reply) -> str:
    """Say what the quiet mark under a stopped or interrupted reply says; empty for any other (S8, S9)."""
    if reply.status is Status.STOPPED:
        return f"Stopped · {count(reply.words, 'word')} kept" if reply.source else "Stopped before the first word"
    if reply.status is Status.INTERRUPTED:
        return (
            f"Interrupted · {count(reply.words, 'word')} kept" if reply.source else "Interrupted before the first word"
        )
    return ""


def mark_note(reply: Reply) -> str:
    """Say what is known of the provider's end, and how much it counted or is likely to have counted (S14, S22)."""
    if reply.usage:
        counted = f"{count(reply.usage.output_tokens, 'token')} written, by the provider's count."
    else:
        counted = (
            f"About {count(estimated_tokens(reply), 'token')} written: an estimate, as the provider sent no count."
        )
    return " ".join(filter(None, (reply.stop_note, reply.cancel_note, counted)))


def estimated_tokens(reply: Reply) -> int:
    """Estimate the tokens of what was shown, thinking included: some four characters each."""
    return -(-(reply.source.length + reply.reasoning.length) // CHARACTERS_A_TOKEN)


def announcement(reply: Reply) -> str:
    """Say what the status region says when a reply's state changes (S5)."""
    match reply.status:
        case Status.CONNECTING | Status.STREAMING:
            return "Generating…"
        case Status.COMPLETE:
            return reply.notice or "Reply complete"
        case Status.STOPPED:
            return f"Stopped, {count(reply.words, 'word')} kept" if reply.source else "Stopped before the first word"
        case Status.INTERRUPTED:
            return f"Interrupted, {count(reply.words, 'word')} kept. {reply.notice}".rstrip()
        case Status.FAILED:
            return f"Reply failed. {reply.notice}".rstrip()


def stopped_together(replies: Sequence[Reply]) -> str:
    """Say that several replies were stopped at once (S5, S23)."""
    return f"Stopped {count(len(replies), 'reply', 'replies')}, {count(sum(one.words for one in replies), 'word')} kept"


def thinking(reply: Reply) -> str:
    """Say how long the model thought, or that it still does."""
    if reply.thinking_ms is not None:
        return f"Thought for {count(max(1, round(reply.thinking_ms / 1000)), 'second')}"
    return "Thinking…" if reply.status.running else "Thought"


def waiting(silent_ms: float) -> str:
    """Say how long nothing has come (S26)."""
    return f"waiting, {int(silent_ms // 1000)} s"
