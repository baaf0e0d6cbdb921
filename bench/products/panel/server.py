"""Panel's documentation, "ChatInterface": an asynchronous generator with the openai client."""

import os

import panel as pn
from openai import AsyncOpenAI

client = AsyncOpenAI(base_url=os.environ["BENCH_PROVIDER"], api_key="none")
pn.extension()


async def callback(contents, user, instance):
    """Ask the provider and yield the reply as far as it has come."""
    stream = await client.chat.completions.create(model="bench", messages=instance.serialize(), stream=True)
    reply = ""
    async for chunk in stream:
        if chunk.choices and chunk.choices[0].delta.content:
            reply += chunk.choices[0].delta.content
            yield reply


def page():
    """Make one visitor's page."""
    return pn.chat.ChatInterface(callback=callback, sizing_mode="stretch_both")


if __name__ == "__main__":
    port = int(os.environ["BENCH_PORT"])
    pn.serve(page, address="127.0.0.1", port=port, show=False, threaded=False)
