"""Base URLs, as people write them."""

from __future__ import annotations

import pytest

from halt.providers.address import normalize_base_url, origin_of
from halt.providers.errors import BadAddress


@pytest.mark.parametrize(
    ("written", "called"),
    [
        ("https://api.openai.com/v1", "https://api.openai.com/v1"),
        ("  https://api.openai.com/v1/ \n", "https://api.openai.com/v1"),
        ("https://api.openai.com/v1///", "https://api.openai.com/v1"),
        ("https://api.openai.com/v1/chat/completions", "https://api.openai.com/v1"),
        ("https://api.openai.com/v1/chat/completions/", "https://api.openai.com/v1"),
        ("api.openai.com/v1", "https://api.openai.com/v1"),
        ("HTTPS://API.OpenAI.com/V1", "https://api.openai.com/V1"),
        ("localhost:11434/v1", "http://localhost:11434/v1"),
        ("127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("127.8.0.1/v1", "http://127.8.0.1/v1"),
        ("[::1]:8080/v1", "http://[::1]:8080/v1"),
        ("https://localhost:11434/v1", "https://localhost:11434/v1"),
        ("http://192.168.1.5:1234/v1", "http://192.168.1.5:1234/v1"),
        ("localhost.example.com/v1", "https://localhost.example.com/v1"),
    ],
)
def test_what_is_called(written: str, called: str) -> None:
    assert normalize_base_url(written) == called
    assert normalize_base_url(called) == called


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("", "no Base URL"),
        ("   ", "no Base URL"),
        ("ftp://example.com", "ftp://"),
        ("file:///etc/passwd", "file://"),
        ("javascript:alert(1)", "can't be read"),
        ("https://", "no server"),
        ("https:///v1", "no server"),
        ("https://example.com:99999/v1", "can't be read"),
        ("https://[::1/v1", "can't be read"),
        ("https://me:hunter2@example.com/v1", "user name or password"),
        ("hunter2@example.com/v1", "user name or password"),
        ("https://example.com/v1?key=hunter2", "“?”"),
        ("https://example.com/v1#hunter2", "“#”"),
        ("https://exa mple.com", "characters that no address has"),
        ("https://example.com\\@evil.com", "characters that no address has"),
        ("https://ехample.com/v1", "characters that no address has"),
    ],
)
def test_what_is_refused_and_never_echoed(written: str, said: str) -> None:
    with pytest.raises(BadAddress) as caught:
        normalize_base_url(written)
    assert said in caught.value.sentence
    assert "hunter2" not in f"{caught.value!r} {caught.value.sentence} {caught.value.details}"


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://api.openai.com/v1", "https://api.openai.com"),
        ("https://api.openai.com:443/v1", "https://api.openai.com"),
        ("http://localhost:80/v1", "http://localhost"),
        ("http://LOCALHOST:11434/v1", "http://localhost:11434"),
        ("http://[::1]:8080/v1", "http://[::1]:8080"),
    ],
)
def test_origin(url: str, origin: str) -> None:
    assert origin_of(url) == origin


@pytest.mark.parametrize("url", ["", "/v1", "null", "localhost:11434/v1"])
def test_no_origin(url: str) -> None:
    with pytest.raises(BadAddress):
        origin_of(url)
