"""Open WebUI's exports: a list of chats ("Export Chats"), or one chat.

As in github.com/open-webui/open-webui: src/lib/components/chat/Settings/DataControls.svelte (the file, and the older
form without ``chat``), src/lib/components/chat/Chat.svelte (messages), backend/open_webui/models/chats.py (the chat
around them), src/lib/utils/index.ts (convertMessagesToHistory for chats that are lists; removeDetails for what is no
answer).

    chat      id, title, created_at (s), updated_at, pinned, chat: {title, models, timestamp (ms), history, messages}
    history   currentId, messages: {id: message}
    message   id, parentId, childrenIds, role (user, assistant, system), content, timestamp (s), model, done, error,
              usage, files, output (newer: the reply's items, as in OpenAI's Responses)
"""

from __future__ import annotations

import html
import json
import re
from typing import Any

from halt.chat.conversation import Conversation
from halt.chat.status import Status
from halt.chat.usage import Spent
from halt.store.fields import is_number, plain
from halt.store.foreign import Node, Said, Tree, items_of, list_of, made_id, ms_of, record_of, text_of
from halt.store.loading import Damage
from halt.store.reading import MOST_TOKENS

PROVIDER = "Open WebUI"
NEW_CHAT = "New Chat"

# What a reply holds besides its words: <details type="reasoning" done="true" duration="3">…</details>. No pattern here
# looks far ahead: a file may hold a million beginnings without an end.
_DETAILS = re.compile(r'<details\s+type="(\w+)"([^<>]*)>', re.IGNORECASE)
_END = "</details>"
_SUMMARY = re.compile(r"\s*<summary>[^<]*</summary>\s*", re.IGNORECASE)
_ATTRIBUTE = re.compile(r'\b(\w{1,40})="([^"]*)"')
_QUOTE = re.compile(r"^> ?", re.MULTILINE)


def is_open_webui(entry: dict[str, Any]) -> bool:
    """Tell whether this may be one of Open WebUI's chats."""
    chat = _chat(entry)
    return isinstance(record_of(chat.get("history")).get("messages"), dict) or isinstance(chat.get("messages"), list)


def read_open_webui(entry: dict[str, Any]) -> tuple[Conversation, list[Damage]]:
    """Make a conversation of a chat, with all its branches."""
    chat = _chat(entry)
    name = text_of(entry.get("id")) or text_of(chat.get("id"))
    conversation = Conversation(made_id(PROVIDER, name or json.dumps(plain(entry), sort_keys=True)))
    conversation.created_ms = ms_of(entry.get("created_at")) or ms_of(chat.get("timestamp"))
    conversation.changed_ms = ms_of(entry.get("updated_at")) or conversation.created_ms
    title = text_of(entry.get("title")) or text_of(chat.get("title"))
    conversation.given_title = "" if title == NEW_CHAT else title
    conversation.title_by = "model" if conversation.given_title else ""
    conversation.pinned = entry.get("pinned") is True
    tree = Tree(conversation, PROVIDER)
    history = record_of(chat.get("history"))
    if isinstance(history.get("messages"), dict):
        nodes = _history(history["messages"], tree)
        current = text_of(history.get("currentId"))
    else:
        nodes = _list(list_of(chat.get("messages")), tree)
        current = next(reversed(nodes), "")
    tree.grow(nodes, current)
    return conversation, tree.damages


def _chat(entry: dict[str, Any]) -> dict[str, Any]:
    return entry["chat"] if isinstance(entry.get("chat"), dict) else entry


def _history(messages: dict[str, Any], tree: Tree) -> dict[str, Node]:
    nodes = {}
    for name, message in items_of(messages):
        children = [child for child in list_of(message.get("childrenIds")) if isinstance(child, str)]
        nodes[name] = Node(text_of(message.get("parentId")), children, _said(message))
    for name in messages.keys() - nodes.keys():
        tree.damages.append(Damage(name, "it is no record", "A message can't be read."))
    return nodes


def _list(messages: list[Any], tree: Tree) -> dict[str, Node]:
    """Take the oldest form: messages one after another, without ids of what is above them."""
    nodes: dict[str, Node] = {}
    last = ""
    for number, message in enumerate(messages):
        if isinstance(message, dict):
            nodes[str(number)] = Node(last, [], _said(message))
            last = str(number)
        else:
            tree.damages.append(Damage(str(number), "it is no record", "A message can't be read."))
    return nodes


def _said(message: dict[str, Any]) -> Said | None:
    text = _content(message.get("content"))
    role, created_ms, left_out = (
        message.get("role"),
        ms_of(message.get("timestamp")),
        len(list_of(message.get("files"))),
    )
    if role == "user":
        return Said(person=True, text=text, created_ms=created_ms, left_out=left_out)
    if role == "system":
        return None
    text, thinking, thinking_ms = _split(text) if text else (*_output(message.get("output")), None)
    status, notice = Status.COMPLETE, ""
    if error := message.get("error"):
        status = Status.FAILED
        notice = error if isinstance(error, str) else text_of(record_of(error).get("content"))
    elif message.get("done") is False:
        status = Status.INTERRUPTED
    return Said(
        person=False,
        text=text,
        thinking=thinking,
        created_ms=created_ms,
        model=text_of(message.get("model")) or text_of(message.get("modelName")),
        status=status,
        notice=notice,
        thinking_ms=thinking_ms,
        spent=_spent(record_of(message.get("usage")) or record_of(message.get("info"))),
        left_out=left_out,
    )


def _content(content: object) -> str:
    if isinstance(content, str):
        return content
    return "\n\n".join(filter(None, (text_of(record_of(part).get("text")) for part in list_of(content))))


def _output(output: object) -> tuple[str, str]:
    """Give the words and the thinking in a reply's items."""
    said: dict[str, list[str]] = {"message": [], "reasoning": []}
    for item in map(record_of, list_of(output)):
        if text := _content(item.get("content")) or _content(item.get("summary")):
            said.get(text_of(item.get("type")), []).append(text)
    return "\n\n".join(said["message"]), "\n\n".join(said["reasoning"])


def _split(content: str) -> tuple[str, str, float | None]:
    """Split a reply's content into its words, its thinking, and how long that took (ms)."""
    words: list[str] = []
    thinking: list[str] = []
    seconds = position = 0
    while match := _DETAILS.search(content, position):
        end = content.find(_END, match.end())
        if end < 0:
            break
        words.append(content[position : match.start()])
        attributes = {name: html.unescape(value) for name, value in _ATTRIBUTE.findall(match[2])}
        inside = _inside(content[match.end() : end])
        if match[1] == "reasoning":
            thinking.append(inside)
            duration = attributes.get("duration", "")
            seconds += int(duration) if re.fullmatch("[0-9]{1,9}", duration) else 0
        else:
            call = f"[{attributes.get('name') or match[1]}] {attributes.get('arguments', '')}".rstrip()
            thinking.append("\n".join(filter(None, (call, attributes.get("result", ""), inside))))
        position = end + len(_END)
    if not thinking:
        return content, "", None
    text = "".join([*words, content[position:]]).strip("\n")
    return text, "\n\n".join(filter(None, thinking)), seconds * 1000 or None


def _inside(inside: str) -> str:
    """Give what stands in such an element: quoted, and in newer versions escaped."""
    if summary := _SUMMARY.match(inside):
        inside = inside[summary.end() :]
    escaped = inside.startswith(("&gt;", "&quot;"))
    return _QUOTE.sub("", html.unescape(inside) if escaped else inside).strip()


def _spent(usage: dict[str, Any]) -> Spent | None:
    read = usage.get("prompt_tokens", usage.get("prompt_eval_count", usage.get("input_tokens")))
    written = usage.get("completion_tokens", usage.get("eval_count", usage.get("output_tokens")))
    if not is_number(read, MOST_TOKENS) or not is_number(written, MOST_TOKENS):
        return None
    return Spent(int(read), int(written))
