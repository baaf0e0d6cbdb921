"""Connections that failed: each sentence has what to do, with this page's origin in the line to set."""

from __future__ import annotations

import pytest

from halt.providers.connection import connection_error
from halt.providers.errors import ConnectionCut, NoConnection
from halt.providers.presets import preset
from halt.wire.probe import Circumstances, Permission
from halt.wire.transport import Aborted, Cut, TransportError, Unreachable

PAGE = "https://me.github.io"


@pytest.mark.parametrize(
    ("row", "command"),
    [
        ("ollama", "OLLAMA_ORIGINS=https://me.github.io ollama serve"),
        ("lmstudio", "lms server start --cors"),
        ("llamacpp", "llama-server --port 8080 -m model.gguf"),
        ("vllm", """vllm serve MODEL --allowed-origins '["https://me.github.io"]'"""),
    ],
)
def test_a_local_server_gets_its_exact_line(row: str, command: str) -> None:
    error = connection_error(Unreachable("Failed to fetch"), preset(row), preset(row).base_url, PAGE)
    assert isinstance(error, NoConnection)
    assert error.command == command
    assert command in error.sentence
    assert "local network, allow it" in error.sentence
    assert "Failed to fetch" in error.details


def test_a_page_on_this_machine_needs_no_leave_for_the_local_network() -> None:
    error = connection_error(Unreachable(""), preset("ollama"), preset("ollama").base_url, "http://127.0.0.1:8000")
    assert "local network" not in error.sentence
    assert "OLLAMA_ORIGINS=http://127.0.0.1:8000 ollama serve" in error.sentence


def test_a_provider_far_away() -> None:
    error = connection_error(Unreachable(""), preset("openai"), preset("openai").base_url, PAGE)
    assert error.sentence.startswith("No connection to OpenAI at https://api.openai.com. Check the network")


def test_any_other_server_gets_the_header_it_has_to_send() -> None:
    error = connection_error(Unreachable(""), preset("custom"), "https://llm.example.com/v1", PAGE)
    assert "the server at https://llm.example.com" in error.sentence
    assert "Access-Control-Allow-Origin: https://me.github.io" in error.sentence


@pytest.mark.parametrize("row", ["ollama", "custom"])
def test_mixed_content(row: str) -> None:
    error = connection_error(Unreachable(""), preset(row), "http://192.168.1.5:11434/v1", PAGE)
    assert "This page came by https" in error.sentence
    assert "http://192.168.1.5:11434" in error.sentence
    plain = connection_error(Unreachable(""), preset(row), "http://192.168.1.5:11434/v1", "http://127.0.0.1:8000")
    assert "came by https" not in plain.sentence


@pytest.mark.parametrize("broken", [Cut("reset"), Aborted("ours")])
def test_an_answer_that_broke_off(broken: TransportError) -> None:
    error = connection_error(broken, preset("openai"), preset("openai").base_url, PAGE)
    assert type(error) is ConnectionCut
    assert error.interrupted
    assert "What had arrived is kept" in error.sentence


@pytest.mark.parametrize(
    ("row", "base_url", "answers", "said"),
    [
        (
            "ollama",
            "",
            True,
            "Ollama answers at http://localhost:11434, but does not let this page in (CORS). Start it so:",
        ),
        (
            "ollama",
            "",
            False,
            "Nothing answers at http://localhost:11434. Check the port in the Base URL, and start it:",
        ),
        ("openai", "", True, "does not let this page in (CORS). Check the path of the Base URL"),
        ("openai", "", False, "Nothing answers at https://api.openai.com. Check the Base URL, the network"),
        ("custom", "https://x.example/v1", True, "It has to send Access-Control-Allow-Origin: https://me.github.io."),
        (
            "custom",
            "https://x.example/v1",
            False,
            "Nothing answers at https://x.example. Check the Base URL for a slip",
        ),
        ("custom", "http://x.example/v1", False, "This page came by https"),
    ],
)
def test_what_a_probe_found_tells_one_cause_from_the_other(row: str, base_url: str, answers: bool, said: str) -> None:
    chosen = preset(row)
    found = Circumstances(answers)
    error = connection_error(Unreachable(""), chosen, base_url or chosen.base_url, PAGE, found=found)
    assert said in error.sentence
    if row == "ollama":
        assert "OLLAMA_ORIGINS=https://me.github.io ollama serve" in error.sentence


@pytest.mark.parametrize(
    ("base_url", "page_origin", "denied"),
    [
        ("http://localhost:11434", PAGE, True),
        ("https://192.168.1.5/v1", PAGE, True),
        ("https://box.local/v1", PAGE, True),
        ("https://api.openai.com/v1", PAGE, False),
        ("http://localhost:11434", "http://localhost:8000", False),
    ],
)
def test_a_browser_that_forbids_the_local_network_says_so_where_it_matters(
    base_url: str, page_origin: str, denied: bool
) -> None:
    found = Circumstances(False, Permission.DENIED)
    error = connection_error(Unreachable(""), preset("custom"), base_url, page_origin, found=found)
    assert ("does not let this page reach your local network" in error.sentence) == denied
    assert ("allow the local network there" in error.sentence) == denied
