"""The sentences that the page says about replies."""

from __future__ import annotations

from collections.abc import Sequence

from halt.chat.conversation import Reply
from halt.chat.status import Status
from halt.chat.usage import Spent


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
    """Say what is known of the provider's end, and what the reply has spent (S14, S22)."""
    return " ".join(filter(None, (reply.stop_note, reply.cancel_note, spent(reply.spent) if reply.spent else "")))


def spent(counted: Spent) -> str:
    """Say how many tokens were read and written and what they cost, and what of that is an estimate (S22)."""
    tokens = f"{count(counted.input_tokens, 'token')} read and {counted.output_tokens:,} written"
    # What is free by its price is no news; what is free by the provider's word is.
    silent = counted.cost is None or (counted.cost == 0 and counted.cost_estimated)
    cost = "" if silent else dollars(counted.cost or 0.0)
    if counted.estimated:
        about = f", about {cost}" if cost else ""
        said = f"About {tokens}{about}: an estimate, as the provider sent no final count."
    elif cost and counted.cost_estimated:
        said = f"{tokens}, by the provider's count; about {cost}, an estimate by the prices in Settings."
    else:
        said = f"{', '.join(filter(None, (tokens, cost)))}, by the provider's count."
    return f"{said} Settings takes the model's prices." if counted.prices_wanted else said


def dollars(amount: float) -> str:
    """Say an amount in US dollars: to the cent, and below one cent with two significant digits."""
    exponent = int(f"{amount:.1e}".partition("e")[2])
    if not amount:
        return "$0"
    return f"${amount:.{1 - exponent}f}" if exponent < -2 else f"${amount:,.2f}"


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


def announcements(replies: Sequence[Reply]) -> str:
    """Say what the status region says of replies that have changed at once: of several that they were stopped (S23)."""
    stopped = [one for one in replies if one.status is Status.STOPPED]
    if len(stopped) < 2:
        return announcement(replies[-1])
    return f"Stopped {count(len(stopped), 'reply', 'replies')}, {count(sum(one.words for one in stopped), 'word')} kept"


def found(number: int, *, more: bool) -> str:
    """Say how much a search found, and whether there may be ``more``."""
    if not number:
        return "Nothing found"
    return f"{number:,} found, and there may be more" if more else f"{number:,} found"


def thinking(reply: Reply) -> str:
    """Say how long the model thought, or that it still does."""
    if reply.thinking_ms is not None:
        return f"Thought for {count(max(1, round(reply.thinking_ms / 1000)), 'second')}"
    return "Thinking…" if reply.status.running else "Thought"


def waiting(silent_ms: float) -> str:
    """Say how long nothing has come (S26)."""
    return f"waiting, {int(silent_ms // 1000)} s"


def image_button(state: str, host: str, alt: str) -> str:
    """Say what the button of an image does, by the image's state."""
    does = {"loading": "Stop loading the image", "shown": "Hide the image", "failed": "Try the image again"}
    return f"{does.get(state, 'Load image')} from {host}" + (f": {alt}" if alt else "")
