# LangChain with a chat model that speaks OpenAI's Chat Completions, at the Base URL above. Stop aborts its request, and
# the part that had come reaches on_llm_error.
# /// script
# dependencies = ["langchain-core"]
# ///
import json

from langchain_core.callbacks import AsyncCallbackHandler
from langchain_core.language_models import BaseChatModel
from langchain_core.language_models.chat_models import generate_from_stream
from langchain_core.messages import AIMessageChunk, convert_to_messages, convert_to_openai_messages
from langchain_core.outputs import ChatGenerationChunk
from pyodide.http import pyfetch


class ChatCompletions(BaseChatModel):
    """Any server that speaks Chat Completions; the sockets of langchain-openai don't exist in a browser."""

    base_url: str
    api_key: str
    model: str

    @property
    def _llm_type(self):
        return "chat completions"

    def _generate(self, messages, stop=None, run_manager=None, **kwargs):
        raise NotImplementedError("Use astream() or ainvoke().")

    async def _agenerate(self, messages, stop=None, run_manager=None, **kwargs):
        return generate_from_stream(iter([chunk async for chunk in self._astream(messages, stop, run_manager)]))

    async def _astream(self, messages, stop=None, run_manager=None, **kwargs):
        response = await pyfetch(
            f"{self.base_url}/chat/completions",
            method="POST",
            headers={"Authorization": f"Bearer {self.api_key}", "Content-Type": "application/json"},
            body=json.dumps({"model": self.model, "messages": convert_to_openai_messages(messages), "stream": True}),
        )
        response.raise_for_status()
        reader, rest = response.js_response.body.getReader(), b""
        while not (piece := await reader.read()).done:
            *lines, rest = (rest + piece.value.to_bytes()).split(b"\n")
            for line in lines:
                if not line.startswith(b"data: {"):
                    continue
                for choice in json.loads(line[6:]).get("choices", []):
                    text = choice["delta"].get("content") or ""
                    chunk = ChatGenerationChunk(message=AIMessageChunk(content=text))
                    if run_manager:
                        await run_manager.on_llm_new_token(text, chunk=chunk)
                    yield chunk


class Log(AsyncCallbackHandler):
    async def on_llm_error(self, error, *, response=None, **kwargs):
        said = response.generations[0][0].text if response and response.generations else ""
        print(f"Stopped after “{said}”.")


async def reply(messages, settings):
    model = ChatCompletions(base_url=settings.base_url, api_key=settings.api_key, model=settings.model)
    async for chunk in model.astream(convert_to_messages(messages), config={"callbacks": [Log()]}):
        yield chunk
