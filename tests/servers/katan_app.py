"""Runs llm-katan, whose wire formats nobody of this project wrote, as a process of its own.

It prints its port, and then a line of JSON for each request when it begins and when its answer has ended. Three things
are put around it that its routes lack and the real servers have: CORS, for Gemini the header that carries a key (it
takes that of Vertex AI), and a pace, at which it also notices that a client has left. Every byte of a reply is its own.
"""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import sys
from typing import Any

import uvicorn
from llm_katan.config import ServerConfig
from llm_katan.server import create_app
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MODEL = "echo-1"
FORMATS = ["openai", "anthropic", "vertexai"]


class Around:
    """Passes requests on, ``pace_ms`` between two pieces of an answer, and notes how the answers end."""

    def __init__(self, app: ASGIApp, pace_ms: int) -> None:
        """Wrap an application."""
        self._app = app
        self._pace_ms = pace_ms

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = [
            (b"authorization", b"Bearer " + value) if name == b"x-goog-api-key" else (name, value)
            for name, value in scope["headers"]
        ]
        note: dict[str, Any] = {"began": True, "method": scope["method"], "path": scope["path"]}
        print(json.dumps(note), flush=True)
        note |= {"began": False, "status": 0, "pieces": 0, "whole": False}

        async def noting(message: Message) -> None:
            await send(message)
            if message["type"] == "http.response.start":
                note["status"] = message["status"]
            elif message["type"] == "http.response.body":
                note["pieces"] += 1
                note["whole"] = not message.get("more_body", False)
                await asyncio.sleep(self._pace_ms / 1000)

        try:
            await self._app({**scope, "headers": headers}, receive, noting)
        finally:
            print(json.dumps(note), flush=True)


def main(pace_ms: int, key: str) -> None:
    """Serve on a free port of 127.0.0.1 whoever has ``key``."""
    logging.disable(logging.WARNING)
    config = ServerConfig(
        MODEL,
        backend="echo",
        providers=FORMATS,
        api_keys=dict.fromkeys(FORMATS, key),
        validate_keys=True,
        dashboard_enabled=False,
        max_concurrent=8,
    )
    letting_in = CORSMiddleware(create_app(config), allow_origins=["*"], allow_headers=["*"], allow_methods=["*"])
    listening = socket.create_server(("127.0.0.1", 0))
    print(listening.getsockname()[1], flush=True)
    uvicorn.Server(uvicorn.Config(Around(letting_in, pace_ms), log_level="error", access_log=False)).run(
        sockets=[listening]
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
