# Says what you said, word by word. Stop ends it at the next await, and then "finally" runs.
import asyncio


async def reply(messages, settings):
    yield {"thinking": "I will say it again."}
    try:
        for word in messages[-1]["content"].split():
            yield word + " "
            await asyncio.sleep(0.1)
    finally:
        print("The reply is over.")
