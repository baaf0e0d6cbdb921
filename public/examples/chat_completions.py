# Streams from any server that speaks OpenAI's Chat Completions, at the Base URL above. Stop aborts the request.
import json

from pyodide.http import pyfetch


async def reply(messages, settings):
    response = await pyfetch(
        f"{settings.base_url}/chat/completions",
        method="POST",
        headers={"Authorization": f"Bearer {settings.api_key}", "Content-Type": "application/json"},
        body=json.dumps({"model": settings.model, "messages": messages, "stream": True}),
    )
    response.raise_for_status()
    async for line in lines(response):
        if line.startswith("data: {"):
            for choice in json.loads(line[6:]).get("choices", []):
                yield choice["delta"].get("content")


async def lines(response):
    reader = response.js_response.body.getReader()
    rest = b""
    while not (piece := await reader.read()).done:
        *whole, rest = (rest + piece.value.to_bytes()).split(b"\n")
        for line in whole:
            yield line.decode()
