"""Keys: each goes to the origin that it was given for, and to no other."""

from __future__ import annotations

import pytest

from halt.store.keys import KeyRing

KEY = "sk-0123456789abcdef"


@pytest.mark.parametrize(
    "same", ["https://a.example/v1", "https://a.example", "https://A.EXAMPLE/other", "https://a.example:443/v2"]
)
def test_a_key_is_found_again_at_its_origin(same: str) -> None:
    ring = KeyRing()
    ring.put("https://a.example/v1", KEY)
    assert ring.get(same) == KEY


@pytest.mark.parametrize(
    "other",
    [
        "http://a.example/v1",
        "https://a.example:8443/v1",
        "https://b.example/v1",
        "https://x.a.example/v1",
        "https://a.example.evil.example/v1",
        "https://example/v1",
    ],
)
def test_no_other_origin_gets_it(other: str) -> None:
    ring = KeyRing()
    ring.put("https://a.example/v1", KEY)
    assert ring.get(other) == ""


def test_origins_have_keys_of_their_own_and_an_empty_one_forgets() -> None:
    ring = KeyRing()
    ring.put("https://a.example", "one")
    ring.put("https://b.example", "two")
    ring.put("https://a.example/v1", "three")
    assert (ring.get("https://a.example"), ring.get("https://b.example")) == ("three", "two")
    ring.put("https://a.example", "")
    ring.put("https://c.example", "")
    assert (ring.get("https://a.example"), ring.get("https://b.example")) == ("", "two")


def test_its_repr_shows_no_key() -> None:
    ring = KeyRing()
    ring.put("https://a.example", KEY)
    assert KEY not in repr(ring)
