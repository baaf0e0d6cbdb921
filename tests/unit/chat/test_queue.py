"""Messages that wait: their order is the person's."""

from __future__ import annotations

import pytest

from halt.chat.queue import MessageQueue


def texts(queue: MessageQueue) -> list[str]:
    return [message.text for message in queue]


def test_messages_wait_in_order_and_can_be_moved_changed_and_removed() -> None:
    """S2"""
    queue = MessageQueue()
    first, second, third = (queue.add(text) for text in ("one", "two", "three"))
    queue.move(third, -1)
    assert texts(queue) == ["one", "three", "two"]
    queue.move(first, -1)
    queue.move(second, 5)
    assert texts(queue) == ["one", "three", "two"]
    queue.move(first, 1)
    assert queue.next is third
    queue.remove(third)
    queue.find(first.id).text = "uno"
    assert texts(queue) == ["uno", "two"]


def test_a_blank_message_is_not_queued() -> None:
    queue = MessageQueue()
    with pytest.raises(ValueError, match="nothing to queue"):
        queue.add(" \n")
    assert len(queue) == 0
    assert queue.next is None


def test_a_message_that_was_taken_out_waits_no_more() -> None:
    queue = MessageQueue()
    message = queue.add("one")
    queue.remove(message)
    with pytest.raises(KeyError):
        queue.find(message.id)
