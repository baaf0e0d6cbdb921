"""Tool calls: gathered, shown with their arguments, and said to be run by nobody."""

from __future__ import annotations

from halt.chat.tool_calls import ARGUMENTS_SHOWN, MOST_KEPT, ToolCalls
from halt.providers.events import ToolCallDelta


def calls(*pieces: ToolCallDelta) -> ToolCalls:
    gathered = ToolCalls()
    for piece in pieces:
        gathered.add(piece)
    return gathered


def test_pieces_become_calls() -> None:
    gathered = calls(
        ToolCallDelta(0, "a", "get_weather", ""),
        ToolCallDelta(1, "b", "get_time", "{}"),
        ToolCallDelta(0, "", "", '{"city":'),
        ToolCallDelta(0, "", "", ' "Paris"}'),
    )
    assert gathered
    assert gathered.notice == (
        'The model asked for 2 tools: get_weather({"city": "Paris"}), get_time(). Halt shows tool calls and runs none.'
    )
    assert gathered.details == 'get_weather({"city": "Paris"})\nget_time({})'


def test_one_without_a_name() -> None:
    assert calls(ToolCallDelta(0, "", "", "")).notice.startswith("The model asked for a tool: unnamed(). Halt")
    assert not calls()


def test_long_arguments_are_shortened_where_they_are_shown_and_whole_in_the_details() -> None:
    gathered = calls(ToolCallDelta(0, "a", "write", "x" * 5_000))
    assert f"write({'x' * ARGUMENTS_SHOWN}…)" in gathered.notice
    assert "x" * 5_000 in gathered.details


def test_a_model_that_runs_wild_fills_no_memory() -> None:
    gathered = calls(*[ToolCallDelta(0, "a", "", "x" * 1_000)] * (3 * MOST_KEPT // 1_000))
    assert len(gathered.details) < 2 * MOST_KEPT
