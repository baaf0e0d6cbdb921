"""Server-sent events, by the WHATWG's rules and with its own examples.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halt.wire.decoder import StreamEnd
from halt.wire.sse import EventStreamDecoder, ServerSentEvent


def decode(chunks: Iterable[bytes]) -> tuple[list[ServerSentEvent], StreamEnd]:
    decoder = EventStreamDecoder()
    events = [event for chunk in chunks for event in decoder.feed(chunk)]
    return events, decoder.end()


def at_every_byte(stream: bytes) -> Iterable[list[bytes]]:
    yield [bytes([byte]) for byte in stream]
    yield [part for byte in stream for part in (bytes([byte]), b"")]
    for cut in range(len(stream) + 1):
        yield [stream[:cut], stream[cut:]]


def message(data: str, event: str = "message", last_id: str = "", retry: int | None = None) -> ServerSentEvent:
    return ServerSentEvent(event, data, last_id, retry)


RULES = {
    "one line": (b"data: hello\n\n", [message("hello")]),
    "several lines, from the specification": (
        b"data: YHOO\ndata: +2\ndata: 10\n\n",
        [message("YHOO\n+2\n10")],
    ),
    "comment, id, id reset, from the specification": (
        b": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n",
        [message("first event", last_id="1"), message("second event"), message(" third event")],
    ),
    "empty data, from the specification": (b"data\n\ndata\ndata\n\ndata:", [message(""), message("\n")]),
    "space after the colon is optional": (b"data:test\n\ndata: test\n\n", [message("test"), message("test")]),
    "carriage returns": (b"data: a\r\rdata: b\r\r", [message("a"), message("b")]),
    "carriage return and line feed": (b"data: a\r\ndata: b\r\n\r\ndata: c\r\n\r\n", [message("a\nb"), message("c")]),
    "all line ends mixed": (b"data: a\rdata: b\ndata: c\r\n\rdata: d\n\r\n", [message("a\nb\nc"), message("d")]),
    "other separators are characters": (
        "data: a\x0bb\x0cc\x1cd\x85e\u2028f\u2029g\n\n".encode(),
        [message("a\x0bb\x0cc\x1cd\x85e\u2028f\u2029g")],
    ),
    "one byte order mark is taken off": (b"\xef\xbb\xbfdata: a\n\n", [message("a")]),
    "a second one is not": (b"\xef\xbb\xbf\xef\xbb\xbfdata: a\n\ndata: b\n\n", [message("b")]),
    "a later one is not": (b"data: \xef\xbb\xbf\n\n", [message("\ufeff")]),
    "event types": (b"event: add\ndata: 1\n\ndata: 2\n\n", [message("1", "add"), message("2")]),
    "the last type counts": (b"event: a\nevent: b\ndata: 1\n\n", [message("1", "b")]),
    "no data, no event, and its type is forgotten": (b"event: add\n\ndata: 1\n\n", [message("1")]),
    "comments only": (b": OPENROUTER PROCESSING\n\n:\n\n", []),
    "colon in the data": (b"data: a: b\n\n", [message("a: b")]),
    "unknown fields and names with blanks": (b"date: x\n data: y\nData: z\ndata : w\n\n", []),
    "ids last": (b"id: 7\ndata: a\n\ndata: b\n\n", [message("a", last_id="7"), message("b", last_id="7")]),
    "an id with NUL is ignored": (b"id: 1\nid: 2\x003\ndata: a\n\n", [message("a", last_id="1")]),
    "retry in digits": (b"retry: 1500\ndata: a\n\n", [message("a", retry=1500)]),
    "retry with anything else": (b"retry: 1.5\nretry: -3\nretry: \xd9\xa3\nretry:\ndata: a\n\n", [message("a")]),
    "an unfinished event is not dispatched": (b"data: a\n\ndata: b\n", [message("a")]),
    "an unfinished line is not dispatched": (b"data: a\n\ndata: b", [message("a")]),
    "characters of two, three and four bytes": ("data: é日🙂\n\n".encode(), [message("é日🙂")]),
    "malformed UTF-8": (b"data: a\xffb\xe6\x97c\xf0\x9f\n\n", [message("a\ufffdb\ufffdc\ufffd")]),
}


@pytest.mark.parametrize("rule", RULES)
def test_rule_however_the_stream_is_cut(rule: str) -> None:
    stream, expected = RULES[rule]
    assert decode([stream])[0] == expected
    for chunks in at_every_byte(stream):
        assert decode(chunks)[0] == expected, chunks


@pytest.mark.parametrize(
    ("stream", "end"),
    [
        (b"", StreamEnd(False, False)),
        (b"data: a\n\n", StreamEnd(False, False)),
        (b"data: a\n\n: bye\n", StreamEnd(False, False)),
        (b"data: a\n", StreamEnd(False, True)),
        (b"data: a", StreamEnd(False, True)),
        (b"data: a\r\n\r", StreamEnd(False, False)),
        (b"data: \xf0\x9f\x99", StreamEnd(True, True)),
        (b"data: \xf0\x9f\x99\x82", StreamEnd(False, True)),
        (b"\xef\xbb", StreamEnd(True, True)),
    ],
)
def test_the_end_tells_what_was_cut(stream: bytes, end: StreamEnd) -> None:
    for chunks in at_every_byte(stream):
        assert decode(chunks)[1] == end


def test_events_come_one_at_a_time_as_they_are_asked_for() -> None:
    decoder = EventStreamDecoder()
    events = decoder.feed(b"data: a\n\ndata: b\n\ndata: c")
    assert next(events) == message("a")
    assert next(events) == message("b")
    assert next(events, None) is None
    assert list(decoder.feed(b"\n\n")) == [message("c")]


LINES = st.sampled_from(
    [
        "data: x",
        "data:",
        "data",
        ":c",
        "id: 1",
        "id",
        "event: e",
        "retry: 5",
        "",
        "",
        "é🙂",
        "data: é🙂",
        "\ufeff",
        "data: \x85",
    ]
)


@given(
    st.lists(st.tuples(LINES, st.sampled_from(["\n", "\r", "\r\n"]))),
    st.lists(st.integers(0, 300), max_size=12),
)
def test_how_it_is_cut_changes_nothing(lines: list[tuple[str, str]], cuts: list[int]) -> None:
    stream = "".join(line + end for line, end in lines).encode()
    places = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    chunks = [stream[start:end] for start, end in pairwise(places)]
    assert decode(chunks) == decode([stream])


@given(st.binary(max_size=200), st.integers(1, 7))
def test_any_bytes_at_all(stream: bytes, size: int) -> None:
    chunks = [stream[start : start + size] for start in range(0, len(stream), size)]
    assert decode(chunks) == decode([stream])


def test_one_endless_line_costs_the_same_for_each_byte() -> None:
    def cost(size: int) -> float:
        decoder, chunk = EventStreamDecoder(), b"x" * 16
        list(decoder.feed(b"data: "))
        begun = time.process_time()
        for _ in range(size // 16):
            list(decoder.feed(chunk))
        (event,) = decoder.feed(b"\n\n")
        assert len(event.data) == size
        return time.process_time() - begun

    small, large = min(cost(100_000) for _ in range(3)), min(cost(1_600_000) for _ in range(3))
    # Sixteen times as much: 16 times the time where it is linear, 256 times where it copies the line for each chunk.
    assert large < small * 64
