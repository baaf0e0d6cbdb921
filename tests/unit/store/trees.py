"""Conversations of any shape, made by Hypothesis, and what a person would see of one."""

from __future__ import annotations

from hypothesis import strategies as st

from halt.chat.attached import used_files, used_ids
from halt.chat.attachment import Attachment
from halt.chat.conversation import Conversation, GrowingText, Prompt, Reply, Turn
from halt.chat.overrides import Overrides
from halt.chat.status import Status
from halt.chat.usage import Spent
from halt.providers.events import FinishReason
from halt.store.attachment_records import attachment_record
from halt.store.records import conversation_record, message_records

TEXT = st.text(max_size=20) | st.sampled_from(
    ["# A\n\n```py\nx = '<b>'\n", "</details>", "\ud800", "\u2028 \r\n", "{{ 7 }}"]
)
WORD = st.sampled_from(["", "word", "<b>\n*\udc00"])
MS = st.integers(0, 10**13) | st.floats(0, 1e13, allow_nan=False)
UNKNOWN = st.dictionaries(st.sampled_from(["colour", "tags"]), st.none() | TEXT | st.lists(st.integers(), max_size=2))
SPENT = st.builds(
    Spent,
    st.integers(0, 10**6),
    st.integers(0, 10**6),
    st.none() | st.floats(0, 10, allow_nan=False),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
PNG = b"\x89PNG\r\n\x1a\n and more \x00\xff"
FILES = (
    Attachment("a1", "photo <1>.png", "image/png", data=PNG, created_ms=5),
    Attachment("a2", "notes.md", text="```\nfenced\n```\r\n\ud800</details>", unknown={"colour": "red"}),
)
FILE_IDS = st.lists(st.sampled_from([one.id for one in FILES]), max_size=2)
OVERRIDES = st.builds(
    Overrides,
    profile=WORD,
    model=WORD,
    temperature=st.none() | st.floats(0, 2),
    max_tokens=st.none() | st.integers(1, 10**6),
    prompt=WORD,
    system_prompt=st.none() | TEXT,
    unknown=UNKNOWN,
)
ENDED = [status for status in Status if not status.running]


@st.composite
def conversations(draw: st.DrawFn, name: str = "c") -> Conversation:
    """Draw a conversation of up to eight turns, prompts and replies below one another in any order."""
    conversation = Conversation(name)
    conversation.created_ms, conversation.changed_ms = draw(MS), draw(MS)
    conversation.given_title = draw(TEXT)
    conversation.title_by = draw(st.sampled_from(["", "person", "model"]))
    conversation.pinned = draw(st.booleans())
    conversation.draft = draw(TEXT)
    conversation.overrides = draw(OVERRIDES)
    conversation.unknown = draw(UNKNOWN)
    conversation.draft_attachments = draw(FILE_IDS)
    for text in draw(st.lists(TEXT.filter(str.strip), max_size=2)):
        conversation.queue.add(text, attachments=draw(FILE_IDS))
    turns: list[Turn] = []
    for number in range(draw(st.integers(0, 8))):
        above = draw(st.sampled_from([None, *turns]))
        turn = draw(prompts(f"{name}-{number}") | replies(f"{name}-{number}"))
        conversation.add(turn, above)
        turns.append(turn)
    for turn in turns:
        if draw(st.booleans()):
            conversation.choose(turn)
        if isinstance(turn, Prompt):
            below = [child for child in turn.children if isinstance(child, Reply)]
            turn.columns = draw(st.permutations(below)) if draw(st.booleans()) else []
    conversation.attachments = {one.id: one for one in FILES if one.id in used_ids(conversation)}
    return conversation


@st.composite
def prompts(draw: st.DrawFn, name: str) -> Prompt:
    return Prompt(name, text=draw(TEXT), attachments=draw(FILE_IDS), created_ms=draw(MS), unknown=draw(UNKNOWN))


@st.composite
def replies(draw: st.DrawFn, name: str) -> Reply:
    return Reply(
        name,
        source=GrowingText(draw(TEXT)),
        reasoning=GrowingText(draw(TEXT)),
        status=draw(st.sampled_from(ENDED)),
        run_id=draw(WORD),
        provider=draw(WORD),
        model=draw(WORD),
        stop_note=draw(WORD),
        cancel_note=draw(WORD),
        notice=draw(WORD),
        details=draw(WORD),
        finish=draw(st.none() | st.sampled_from(FinishReason)),
        spent=draw(st.none() | SPENT),
        thinking_ms=draw(st.none() | MS),
        created_ms=draw(MS),
        unknown=draw(UNKNOWN),
    )


def everything(conversation: Conversation) -> tuple[object, ...]:
    """Give all that is kept of a conversation, to compare it with another."""
    files = [attachment_record(conversation, one) for one in used_files(conversation)]
    return (conversation_record(conversation), list(message_records(conversation)), files)


def seen(conversation: Conversation) -> tuple[object, ...]:
    """Give what a person could see: titles, marks, the branches, and all texts in their places."""
    return (
        conversation.title,
        conversation.draft,
        [message.text for message in conversation.queue],
        [turn.id for turn in conversation.path()],
        _below(conversation.root),
    )


def _below(turn: Turn) -> list[object]:
    return [(child.id, texts(child), getattr(child, "status", None), _below(child)) for child in turn.children]


def texts(turn: Turn) -> tuple[str, ...]:
    if isinstance(turn, Reply):
        return (turn.text, turn.thinking)
    assert isinstance(turn, Prompt)
    return (turn.text,)


def small() -> Conversation:
    """Make a conversation with a branch, a stopped reply, side-by-side replies and thinking."""
    conversation = Conversation("c")
    conversation.created_ms = conversation.changed_ms = 1_700_000_000_000
    question = Prompt("p1", text="Why is the sky blue?", created_ms=1_700_000_000_000)
    first = Reply("r1", source=GrowingText("Because"), status=Status.STOPPED, provider="OpenAI", model="m-1")
    second = Reply(
        "r2",
        source=GrowingText("Rayleigh *scattering*.\n\n```py\nprint('<b>')\n```\n"),
        reasoning=GrowingText("Short waves\nscatter more."),
        status=Status.COMPLETE,
        provider="OpenAI",
        model="m-2",
        finish=FinishReason.STOP,
        spent=Spent(10, 20, 0.5),
        thinking_ms=4_200,
    )
    conversation.add(question, None)
    conversation.add(first, question)
    conversation.add(second, question)
    follow = Prompt("p2", text="And <b>sunsets</b>?", created_ms=1_700_000_060_000)
    conversation.add(follow, second)
    left = Reply("r3", source=GrowingText("Longer path."), status=Status.COMPLETE, model="m-1")
    right = Reply("r4", source=GrowingText("Red stays"), status=Status.INTERRUPTED, model="m-2", notice="It broke.")
    conversation.add(left, follow)
    conversation.add(right, follow)
    follow.columns = [left, right]
    conversation.choose(left)
    conversation.queue.add("And dusk?")
    conversation.draft = "unsent"
    conversation.overrides = Overrides("work", temperature=0.5, system_prompt="")
    return conversation
