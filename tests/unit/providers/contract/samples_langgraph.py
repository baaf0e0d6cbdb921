"""LangGraph: the openapi.json of langgraph-api, and its docs' page "Streaming API" (messages-tuple)."""

from __future__ import annotations

from halt.providers.errors import BadRequest, NotFound, RateLimited, Refused, Unavailable
from halt.providers.events import Finish, FinishReason, Named, TextDelta, ThinkingDelta, Usage
from halt.providers.preset import Dialect, Preset

from .sample import PNG_URL, Contract, Json, Models, Stream, roles, sse

ID = "1ef4a9b8-d7da-679a-a45a-872054341df2"
META = {"langgraph_node": "call_model", "langgraph_step": 1}


def chunk(content: object, name: str = "run-1", kind: str = "AIMessageChunk", **fields: object) -> tuple[str, object]:
    message = {"content": content, "type": kind, "id": name, "response_metadata": {}, "tool_calls": [], **fields}
    return "messages", [message, META]


STARTED = ("metadata", {"run_id": ID, "attempt": 1})
HEARTBEAT = ": heartbeat\n\n"
NAMED = Named(ID)


def ends(reason: str, meaning: FinishReason) -> Stream:
    body = sse(STARTED, chunk("Hi"), chunk("", response_metadata={"finish_reason": reason}))
    return Stream(body, [NAMED, TextDelta("Hi"), Finish(meaning)])


def body(messages: list[Json]) -> Json:
    return {
        "assistant_id": "m",
        "input": {"messages": messages},
        "stream_mode": ["messages-tuple"],
        "on_disconnect": "cancel",
    }


def question(row: Preset) -> Json:
    image = {"type": "image_url", "image_url": {"url": PNG_URL}}
    return body(
        [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": [image, {"type": "text", "text": "What is it?"}]},
            {"role": "assistant", "content": "A cat"},
            {"role": "user", "content": "Sure?"},
        ]
    )


CONTRACT = Contract(
    Dialect.LANGGRAPH,
    path="/runs/stream",
    run_path="/threads/{run}/runs/stream",
    key=("x-api-key", "{key}"),
    question=question,
    hello=lambda row: body([{"role": "user", "content": "Hello"}]),
    turns=lambda body: roles(body["input"]["messages"]),
    streams={
        "text": Stream(
            sse(
                *(STARTED, HEARTBEAT, chunk("Hé"), chunk([{"type": "text", "text": " 日🙂", "index": 0}])),
                *(chunk("", response_metadata={"finish_reason": "stop"}), ("end", None)),
            ),
            [NAMED, TextDelta("Hé"), TextDelta(" 日🙂"), Finish(FinishReason.STOP)],
        ),
        "thinking": Stream(
            sse(
                *(STARTED, chunk([{"type": "thinking", "thinking": "Hm.", "index": 0}])),
                *(chunk("Yes"), chunk("", response_metadata={"stop_reason": "end_turn"})),
            ),
            [NAMED, ThinkingDelta("Hm."), TextDelta("Yes"), Finish(FinishReason.STOP)],
        ),
        "several messages": Stream(
            sse(
                *(STARTED, chunk("Let me see.", usage_metadata={"input_tokens": 5, "output_tokens": 3})),
                *(chunk("sunny", "tool-1", "tool"), chunk("Sunny", "run-2")),
                *(chunk("Sunny", "run-2", "ai"), chunk("!", "run-3", "ai")),
                chunk("", "run-3", usage_metadata={"input_tokens": 9, "output_tokens": 2}),
            ),
            [
                *(NAMED, TextDelta("Let me see."), TextDelta("\n\n"), TextDelta("Sunny")),
                *(TextDelta("\n\n"), TextDelta("!"), Finish(FinishReason.OTHER), Usage(14, 5)),
            ],
        ),
        "usage": Stream(
            sse(
                *(STARTED, chunk("Hi"), chunk("", usage_metadata={"input_tokens": 8, "output_tokens": 2})),
                chunk("", response_metadata={"finish_reason": "stop"}),
            ),
            [NAMED, TextDelta("Hi"), Finish(FinishReason.STOP), Usage(8, 2)],
        ),
        "length": ends("length", FinishReason.LENGTH),
        "filter": ends("content_filter", FinishReason.FILTER),
        "refusal": ends("refusal", FinishReason.REFUSAL),
        "error in the middle": Stream(
            sse(STARTED, chunk("Hi"), ("error", {"error": "ValueError", "message": "The graph broke."})),
            [NAMED, TextDelta("Hi")],
            "in the middle of its reply: “ValueError: The graph broke.”",
        ),
    },
    first_words=sse(STARTED, chunk("Hello")),
    models=Models(
        "/assistants/search",
        [{"assistant_id": "fe096781-5601-53d2-b2f6-0d3403f7e9ca", "graph_id": "agent", "name": "agent"}],
        ["agent"],
        method="POST",
    ),
    refusals={
        422: ({"detail": "No such luck."}, BadRequest),
        401: ({"detail": "No such luck."}, Refused),
        404: ({"detail": "No such luck."}, NotFound),
        429: ({"detail": "No such luck."}, RateLimited),
        500: ({"detail": "No such luck."}, Unavailable),
    },
    lacks={"tool call": "The graph runs its tools itself."},
    cancels={"langgraph": (f"/threads/{{run}}/runs/{ID}/cancel?action=interrupt", None)},
)
