"""Dify: https://docs.dify.ai/api-reference/chat/send-chat-message and …/stop-generate."""

from __future__ import annotations

import json

from halt.providers.errors import BadRequest, NotFound, RateLimited, Refused, Unavailable
from halt.providers.events import Finish, FinishReason, Named, TextDelta, Usage
from halt.providers.preset import Dialect, Preset

from .sample import Contract, Json, Models, Stream, sse

TASK = "900bbd43-dc0b-4383-a372-aa6e6c414227"
USAGE = {
    "prompt_tokens": 1033,
    "prompt_unit_price": "0.001",
    "completion_tokens": 135,
    "total_tokens": 1168,
    "total_price": "0.0013030",
    "currency": "USD",
    "latency": 1.381760165997548,
}


def event(kind: str, **fields: object) -> Json:
    return {
        "event": kind,
        "task_id": TASK,
        "message_id": "5ad4cb98-f0c7-4085-b384-88c403be6290",
        "conversation_id": "45701982-8118-4bc5-8e9b-64562b4555f2",
        **fields,
    }


def said(text: str) -> Json:
    return event("message", answer=text, created_at=1705398420)


END = event("message_end", metadata={"usage": {}, "retriever_resources": []})
PING = "event: ping\n\n"
NAMED, STOPPED = Named(TASK), Finish(FinishReason.STOP)


def body(query: str) -> Json:
    return {"inputs": {}, "query": query, "response_mode": "streaming", "user": "halt", "auto_generate_name": False}


def question(row: Preset) -> Json:
    return body("Instructions: Be brief.\n\nUser: What is it?\n\nAssistant: A cat\n\nUser: Sure?")


def turns(body: Json) -> list[tuple[str, str]]:
    """Read the transcript back; a first question has no name before it."""
    names = {"User": "user", "Assistant": "assistant", "Instructions": "system"}
    said = [part.partition(": ") for part in body["query"].split("\n\n")]
    return [(names[name], text) for name, _, text in said] if names.keys() & {said[0][0]} else [("user", body["query"])]


CONTRACT = Contract(
    Dialect.DIFY,
    path="/chat-messages",
    key=("Authorization", "Bearer {key}"),
    question=question,
    hello=lambda row: body("Hello"),
    turns=turns,
    images=False,
    streams={
        "text": Stream(
            sse(
                event("workflow_started", data={}),
                PING,
                said("Hé"),
                event("agent_message", answer=" 日🙂"),
                said(""),
                END,
            ),
            [NAMED, TextDelta("Hé"), TextDelta(" 日🙂"), STOPPED],
        ),
        "usage": Stream(
            sse(said("Hi"), event("message_end", metadata={"usage": USAGE})),
            [NAMED, TextDelta("Hi"), STOPPED, Usage(1033, 135, 0.001303)],
        ),
        "filter": Stream(
            sse(said("Hi"), event("message_replace", answer="Let us talk about something else."), END),
            [NAMED, TextDelta("Hi"), TextDelta("\n\nLet us talk about something else."), Finish(FinishReason.FILTER)],
        ),
        "error in the middle": Stream(
            sse(said("Hi"), event("error", status=400, code="completion_request_error", message="No quota is left.")),
            [NAMED, TextDelta("Hi")],
            "in the middle of its reply: “No quota is left.”",
        ),
        "a workflow that fails": Stream(
            sse(said("Hi"), event("workflow_finished", data={"status": "failed", "error": "A node broke."})),
            [NAMED, TextDelta("Hi")],
            "“A node broke.”",
        ),
    },
    first_words=sse(said("Hello")),
    whole=Stream(
        json.dumps({"event": "message", "mode": "chat", "answer": "Hi", "metadata": {"usage": USAGE}}).encode(),
        [TextDelta("Hi"), STOPPED, Usage(1033, 135, 0.001303)],
    ),
    models=Models("/info", {"name": "My App", "description": "", "tags": [], "mode": "chat"}, ["My App"]),
    refusals={
        400: ({"code": "app_unavailable", "message": "No such luck.", "status": 400}, BadRequest),
        401: ({"code": "unauthorized", "message": "No such luck.", "status": 401}, Refused),
        404: ({"code": "not_found", "message": "No such luck.", "status": 404}, NotFound),
        429: ({"code": "too_many_requests", "message": "No such luck.", "status": 429}, RateLimited),
        500: ({"code": "internal_server_error", "message": "No such luck.", "status": 500}, Unavailable),
    },
    lacks={
        "thinking": "A model's thoughts stand in its answer's text, as the app is set.",
        "tool call": "The app runs its tools itself.",
        "length": "It does not tell why a model ended.",
        "refusal": "It does not tell why a model ended.",
    },
    cancels={"dify": (f"/v1/chat-messages/{TASK}/stop", {"user": "halt"})},
)
