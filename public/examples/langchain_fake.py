# LangChain without a network: a chat model of its own, streamed by astream().
# /// script
# dependencies = ["langchain-core"]
# ///
import asyncio

from langchain_core.callbacks import AsyncCallbackHandler
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, convert_to_messages
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult


class Parrot(BaseChatModel):
    """Says what it was told, word by word."""

    @property
    def _llm_type(self):
        return "parrot"

    def _generate(self, messages, stop=None, run_manager=None, **kwargs):
        return ChatResult(generations=[ChatGeneration(message=AIMessageChunk(content=messages[-1].content))])

    async def _astream(self, messages, stop=None, run_manager=None, **kwargs):
        for word in messages[-1].content.split():
            chunk = ChatGenerationChunk(message=AIMessageChunk(content=word + " "))
            if run_manager:
                await run_manager.on_llm_new_token(chunk.text, chunk=chunk)
            yield chunk
            await asyncio.sleep(0.1)


class Log(AsyncCallbackHandler):
    async def on_llm_error(self, error, *, response=None, **kwargs):
        said = response.generations[0][0].text if response and response.generations else ""
        print(f"Stopped after “{said}”.")


async def reply(messages, settings):
    async for chunk in Parrot().astream(convert_to_messages(messages), config={"callbacks": [Log()]}):
        yield chunk
