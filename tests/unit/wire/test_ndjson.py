"""Newline-delimited JSON: whole lines, wherever the bytes were cut."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from halt.wire.decoder import StreamEnd
from halt.wire.ndjson import NdjsonDecoder

LINES = st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=20), max_size=3), max_size=5)


def read(pieces: list[bytes]) -> tuple[list[str], StreamEnd]:
    decoder = NdjsonDecoder()
    lines = [line.data for piece in pieces for line in decoder.feed(piece)]
    lines += [line.data for line in decoder.last()]
    return lines, decoder.end()


@given(LINES, st.sampled_from(["\n", "\r\n", "\n\n"]), st.integers(1, 7))
def test_lines_are_whole_wherever_they_are_cut(objects: list[dict[str, str]], end: str, size: int) -> None:
    body = "".join(json.dumps(one, ensure_ascii=False) + end for one in objects).encode()
    lines, ended = read([body[start : start + size] for start in range(0, len(body), size)])
    assert [json.loads(line) for line in lines] == objects
    assert ended == StreamEnd(False, False)


def test_the_last_line_needs_no_end_if_it_is_whole() -> None:
    assert read([b'{"a": 1}\n{"b": 2}']) == (['{"a": 1}', '{"b": 2}'], StreamEnd(False, False))
    assert read([b'{"a": 1}\n{"b": ']) == (['{"a": 1}'], StreamEnd(False, True))
    assert read(['{"a": "🙂'.encode()[:-2]]) == ([], StreamEnd(True, True))


def test_only_a_line_feed_ends_a_line() -> None:
    line = '{"a": "\u2028\x0b\x85"}'
    assert read([f"\ufeff{line}\n".encode()]) == ([line], StreamEnd(False, False))
