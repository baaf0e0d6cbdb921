"""Gemini: https://ai.google.dev/api/generate-content, and google.rpc.Status for its errors."""

from __future__ import annotations

import json

from halt.providers.errors import BadRequest, NotFound, RateLimited, Refused, Unavailable
from halt.providers.events import Finish, FinishReason, TextDelta, ThinkingDelta, ToolCallDelta, Usage
from halt.providers.preset import Dialect, Preset

from .sample import PNG_BASE64, Contract, Json, Models, Stream, sse


def chunk(*parts: Json, finish: str = "", used: tuple[int, int, int] | None = None) -> Json:
    candidate: Json = {"content": {"role": "model", "parts": list(parts)}, "index": 0}
    if finish:
        candidate["finishReason"] = finish
    said: Json = {
        "candidates": [candidate],
        "modelVersion": "gemini-3.8-flash",
        "responseId": "mAitaLmkHPPlz7IPvtfUqQ4",
    }
    if used:
        read, wrote, thought = used
        said["usageMetadata"] = {
            "promptTokenCount": read,
            "candidatesTokenCount": wrote,
            "thoughtsTokenCount": thought,
            "totalTokenCount": sum(used),
        }
    return said


def text(said: str) -> Json:
    return {"text": said}


def ends(reason: str, meaning: FinishReason) -> Stream:
    return Stream(sse(chunk(text("Hi")), chunk(finish=reason)), [TextDelta("Hi"), Finish(meaning)])


def question(row: Preset) -> Json:
    return {
        "contents": [
            {
                "role": "user",
                "parts": [{"inlineData": {"mimeType": "image/png", "data": PNG_BASE64}}, {"text": "What is it?"}],
            },
            {"role": "model", "parts": [{"text": "A cat"}]},
            {"role": "user", "parts": [{"text": "Sure?"}]},
        ],
        "systemInstruction": {"parts": [{"text": "Be brief."}]},
        "generationConfig": {"temperature": 0.5, "maxOutputTokens": 100},
    }


def turns(body: Json) -> list[tuple[str, str]]:
    names = {"model": "assistant", "user": "user"}
    return [(names[turn["role"]], "".join(part.get("text", "") for part in turn["parts"])) for turn in body["contents"]]


def error(code: int, status: str, *details: Json) -> Json:
    return {"error": {"code": code, "message": "No such luck.", "status": status, "details": list(details)}}


WRONG_KEY = {
    "@type": "type.googleapis.com/google.rpc.ErrorInfo",
    "reason": "API_KEY_INVALID",
    "domain": "googleapis.com",
}
WAIT = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "34s"}

CONTRACT = Contract(
    Dialect.GEMINI,
    path="/models/m:streamGenerateContent?alt=sse",
    key=("x-goog-api-key", "{key}"),
    question=question,
    hello=lambda row: {"contents": [{"role": "user", "parts": [{"text": "Hello"}]}]},
    turns=turns,
    streams={
        "text": Stream(
            sse(chunk(text("Hé")), chunk(text(" 日🙂"), finish="STOP")),
            [TextDelta("Hé"), TextDelta(" 日🙂"), Finish(FinishReason.STOP)],
        ),
        "thinking": Stream(
            sse(
                chunk({"text": "**Hm.**", "thought": True}),
                chunk({"text": "Yes", "thoughtSignature": "EjQKMgEMOdbHJ"}),
                chunk({"text": "", "thoughtSignature": "EjQKMgEMOdbHJ"}, finish="STOP"),
            ),
            [ThinkingDelta("**Hm.**"), TextDelta("Yes"), Finish(FinishReason.STOP)],
        ),
        "tool call": Stream(
            sse(
                chunk({"functionCall": {"name": "get_weather", "args": {"city": "Paris"}}}),
                chunk({"functionCall": {"id": "c2", "name": "get_time", "args": {}}}, finish="STOP"),
            ),
            [
                ToolCallDelta(0, "", "get_weather", '{"city": "Paris"}'),
                ToolCallDelta(1, "c2", "get_time", "{}"),
                Finish(FinishReason.STOP),
            ],
        ),
        "usage": Stream(
            sse(chunk(text("Hi"), used=(8, 1, 20)), chunk(text("!"), finish="STOP", used=(8, 2, 20))),
            [TextDelta("Hi"), Usage(8, 21), TextDelta("!"), Finish(FinishReason.STOP), Usage(8, 22)],
        ),
        "length": ends("MAX_TOKENS", FinishReason.LENGTH),
        "filter": ends("SAFETY", FinishReason.FILTER),
        "recitation": ends("RECITATION", FinishReason.FILTER),
        "prohibited content": ends("PROHIBITED_CONTENT", FinishReason.FILTER),
        "personal data": ends("SPII", FinishReason.FILTER),
        "a malformed call": ends("MALFORMED_FUNCTION_CALL", FinishReason.OTHER),
        "a reason of next year": ends("SOMETHING_NEW", FinishReason.OTHER),
        "a blocked prompt": Stream(
            sse({"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "usageMetadata": {"promptTokenCount": 8}}),
            [Finish(FinishReason.FILTER), Usage(8, 0)],
        ),
        "error in the middle": Stream(
            sse(
                chunk(text("Hi")),
                {"error": {"code": 503, "message": "The model is overloaded.", "status": "UNAVAILABLE"}},
            ),
            [TextDelta("Hi")],
            "in the middle of its reply: “The model is overloaded.”",
        ),
    },
    first_words=sse(chunk(text("Hello"), used=(8, 1, 0))),
    counted=8,
    whole=Stream(
        json.dumps([chunk(text("Hé")), chunk(text("!"), finish="STOP", used=(8, 2, 0))]).encode(),
        [TextDelta("Hé"), TextDelta("!"), Finish(FinishReason.STOP), Usage(8, 2)],
    ),
    models=Models(
        "/models",
        {
            "models": [
                {"name": "models/gemini-3.8-flash", "supportedGenerationMethods": ["generateContent", "countTokens"]},
                {"name": "models/text-embedding-004", "supportedGenerationMethods": ["embedContent"]},
            ]
        },
        ["gemini-3.8-flash"],
    ),
    refusals={
        400: (error(400, "INVALID_ARGUMENT"), BadRequest),
        403: (error(403, "PERMISSION_DENIED"), Refused),
        404: (error(404, "NOT_FOUND"), NotFound),
        429: (error(429, "RESOURCE_EXHAUSTED", WAIT), RateLimited),
        503: (error(503, "UNAVAILABLE"), Unavailable),
    },
    lacks={"refusal": "A model that declines says so in words; what its filters end has reasons of its own."},
)
