"""ChatGPT's export: ``conversations.json``, by itself or in the zip that Settings → Data controls sends.

OpenAI publishes no description of it. This follows what others found in real exports: docs/dev/chatgpt-spec.md (v3.0,
February 2026) in github.com/mohamed-chs/convoviz, ChatGPT_export_schema.md in
github.com/xuy/docs-for-agents, docs/chatgpt-data-export-format.md in github.com/mitkury/chatgpt-export-parser, and the
reader in github.com/open-webui/open-webui (convertOpenAIMessages in src/lib/utils/index.ts).

    conversation  id | conversation_id, title, create_time (s), update_time, current_node, default_model_slug,
                  is_starred, pinned_time, mapping: {node id: node}
    node          id, parent, children, message | null
    message       author.role (user, assistant, system, tool), author.name, create_time, content, status, weight,
                  recipient, metadata (model_slug, finish_details, is_visually_hidden_from_conversation, …)
    content       content_type, and parts | text | thoughts | content
"""

from __future__ import annotations

import json
import re
from typing import Any

from halt.chat.conversation import Conversation
from halt.chat.status import Status
from halt.providers.events import FinishReason
from halt.store.fields import is_number, plain
from halt.store.foreign import Node, Said, Tree, items_of, list_of, made_id, ms_of, record_of, text_of
from halt.store.loading import Damage

PROVIDER = "ChatGPT"

# The service's own marks for citations: U+E200 begins one, U+E201 ends it.
_CITATION = re.compile("\ue200[^\ue200\ue201]*\ue201")
_FENCE = re.compile("`{3,}")
_FINISH = {"stop": FinishReason.STOP, "max_tokens": FinishReason.LENGTH}


def is_chatgpt(entry: dict[str, Any]) -> bool:
    """Tell whether this may be one of ChatGPT's conversations."""
    return isinstance(entry.get("mapping"), dict)


def read_chatgpt(entry: dict[str, Any]) -> tuple[Conversation, list[Damage]]:
    """Make a conversation of one of ChatGPT's, with all its branches."""
    name = text_of(entry.get("conversation_id")) or text_of(entry.get("id"))
    conversation = Conversation(made_id(PROVIDER, name or json.dumps(plain(entry), sort_keys=True)))
    conversation.created_ms = ms_of(entry.get("create_time"))
    conversation.changed_ms = ms_of(entry.get("update_time")) or conversation.created_ms
    conversation.given_title = text_of(entry.get("title"))
    conversation.title_by = "model" if conversation.given_title else ""
    conversation.pinned = entry.get("is_starred") is True or bool(ms_of(entry.get("pinned_time")))
    model = text_of(entry.get("default_model_slug"))
    tree = Tree(conversation, PROVIDER)
    nodes: dict[str, Node] = {}
    for node_name, node in items_of(entry["mapping"]):
        message = node.get("message")
        said = _said(message, model) if isinstance(message, dict) else None
        if message is not None and not isinstance(message, dict):
            tree.damages.append(Damage(node_name, "its message is no record", "A message can't be read."))
        children = [child for child in list_of(node.get("children")) if isinstance(child, str)]
        nodes[node_name] = Node(text_of(node.get("parent")), children, said)
    tree.grow(nodes, text_of(entry.get("current_node")))
    return conversation, tree.damages


def _said(message: dict[str, Any], model: str) -> Said | None:
    """Tell what a message says; ``None`` where ChatGPT itself would not show it."""
    metadata, content = record_of(message.get("metadata")), record_of(message.get("content"))
    author = record_of(message.get("author"))
    role, kind = author.get("role"), content.get("content_type")
    hidden = metadata.get("is_visually_hidden_from_conversation") is True or message.get("weight") == 0
    if hidden or role == "system" or kind in ("user_editable_context", "model_editable_context"):
        return None
    created_ms = ms_of(message.get("create_time"))
    text, left_out = _text(content)
    if role == "user":
        left_out = max(left_out, len(list_of(metadata.get("attachments"))))
        return Said(person=True, text=text, created_ms=created_ms, left_out=left_out) if text or left_out else None
    text = _CITATION.sub("", text)
    recipient = text_of(message.get("recipient")) or "all"
    thinking = ""
    if kind in ("thoughts", "reasoning_recap"):
        text, thinking = "", _thoughts(content)
    elif role == "tool" or recipient != "all":
        # What a tool was asked and what it answered stands where the model's thinking does.
        who = text_of(author.get("name")) or "tool" if role == "tool" else recipient
        text, thinking = "", f"[{who}]\n{text}" if text else ""
    finish_type = record_of(metadata.get("finish_details")).get("type")
    seconds = metadata.get("finished_duration_sec")
    said = Said(
        person=False,
        text=text,
        thinking=thinking,
        created_ms=created_ms,
        model=text_of(metadata.get("model_slug")) or model,
        status=_status(message.get("status"), finish_type),
        finish=_FINISH.get(finish_type) if isinstance(finish_type, str) else None,
        thinking_ms=seconds * 1000 if is_number(seconds, 1e9) else None,
        left_out=left_out,
    )
    says = text or thinking or left_out or said.thinking_ms is not None or said.status is not Status.COMPLETE
    return said if says else None


def _status(status: object, finish_type: object) -> Status:
    if status == "in_progress":
        return Status.INTERRUPTED
    if status == "finished_partial_completion" or finish_type == "interrupted":
        return Status.STOPPED
    return Status.FAILED if status == "error" else Status.COMPLETE


def _text(content: dict[str, Any]) -> tuple[str, int]:
    """Give the text of a message's content, and how many images and files are not in it."""
    pieces: list[str] = []
    left_out = 0
    for part in list_of(content.get("parts")):
        if isinstance(part, str):
            pieces.append(part)
        elif isinstance(part, dict):
            pieces.append(text_of(part.get("text")))
            left_out += "asset_pointer" in part or "audio_asset_pointer" in part
    if text := text_of(content.get("text")):
        code = content.get("content_type") in ("code", "execution_output")
        pieces.append(_fenced(text, text_of(content.get("language"))) if code else text)
    return "\n\n".join(filter(None, pieces)), left_out


def _fenced(code: str, language: str) -> str:
    longest = max((len(mark) for mark in _FENCE.findall(code)), default=2)
    fence = "`" * (longest + 1)
    named = language if re.fullmatch(r"[\w+#.-]{1,40}", language) and language != "unknown" else ""
    line_end = "" if code.endswith("\n") else "\n"
    return f"{fence}{named}\n{code}{line_end}{fence}"


def _thoughts(content: dict[str, Any]) -> str:
    thoughts = [record_of(one) for one in list_of(content.get("thoughts"))]
    said = ["\n".join(filter(None, (text_of(one.get("summary")), text_of(one.get("content"))))) for one in thoughts]
    return "\n\n".join(filter(None, said))
