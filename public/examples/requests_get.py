# A plain generator that uses requests. It shows nothing while it waits for an answer, and Stop ends it all the same:
# after a second the worker that it runs in is ended.
# /// script
# dependencies = ["requests"]
# ///
import requests


def reply(messages, settings):
    word = messages[-1]["content"].split()[-1].strip("?.!")
    yield f"Wikipedia on “{word}”:\n\n"
    answer = requests.get(f"https://en.wikipedia.org/api/rest_v1/page/summary/{word}")
    answer.raise_for_status()
    yield answer.json()["extract"]
