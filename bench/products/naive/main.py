"""A chat in 40 lines, with the mistakes that one makes: it is here to be measured, not to be copied."""

import asyncio
import json
from urllib.parse import parse_qs

from pyodide.http import pyfetch
from pyscript import document, when, window

provider = parse_qs(window.location.search[1:])["provider"][0]
field, log, stop = (document.getElementById(name) for name in ("message", "log", "stop"))
messages = []
task = None


async def answer(reply):
    body = json.dumps({"model": "bench", "stream": True, "messages": messages})
    messages.append({"role": "assistant", "content": ""})
    headers = {"Content-Type": "application/json"}
    response = await pyfetch(f"{provider}/chat/completions", method="POST", headers=headers, body=body)
    reader = response.js_response.body.pipeThrough(window.TextDecoderStream.new()).getReader()
    rest = ""
    while not (piece := await reader.read()).done:
        *lines, rest = (rest + piece.value).split("\n")
        for line in lines:
            if line.startswith("data: {"):
                choices = json.loads(line[6:])["choices"]
                text = choices[0]["delta"].get("content", "") if choices else ""
                reply.textContent += text
                messages[-1]["content"] += text
        window.scrollTo(0, document.body.scrollHeight)


@when("submit", "#composer")
async def send(event):
    global task
    for name, text in (("question", field.value), ("reply", "")):
        element = document.createElement("p")
        element.className, element.textContent = name, text
        log.append(element)
    messages.append({"role": "user", "content": field.value})
    field.value, stop.hidden = "", False
    task = asyncio.create_task(answer(element))
    await asyncio.wait([task])
    stop.hidden = True


@when("click", "#stop")
def cancel(event):
    task.cancel()
