"""A person's program: what it declares, whether it can run, and what is said of its errors."""

from __future__ import annotations

import pytest

from halt.guest.program import FILE, Declared, ProgramError, check, declared, describe, imports, load, reply_of

METADATA = """# Something before.
# /// script
# requires-python = ">=3.11"
# dependencies = [
#   "requests<3",
#   "rich",
# ]
#
# [tool.micropip]
# index_urls = ["https://example.org/simple"]
# ///
"""


def test_what_a_program_declares_is_read_by_pep_723() -> None:
    assert declared(METADATA) == Declared(("requests<3", "rich"), ("https://example.org/simple",))
    assert declared("def reply(): ...") == Declared()
    assert declared("# /// other\n# dependencies = 1\n# ///\n") == Declared()


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("# /// script\n# dependencies = [\n# ///\n", "not TOML"),
        ("# /// script\n# dependencies = 1\n# ///\n", "a list of texts"),
        ("# /// script\n# a = 1\n# ///\n\n# /// script\n# a = 1\n# ///\n", "two"),
    ],
)
def test_metadata_that_cannot_be_read_is_said(code: str, said: str) -> None:
    with pytest.raises(ProgramError, match=said):
        declared(code)


@pytest.mark.parametrize(
    "code",
    [
        "async def reply(messages, settings):\n    yield 1",
        "try:\n    from x import reply\nexcept ImportError:\n    pass",
        "import asyncio\nawait asyncio.sleep(0)\nreply = lambda messages, settings: 'yes'",
    ],
)
def test_a_program_with_a_reply_can_be_run(code: str) -> None:
    check(code)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("", "begin with an example"),
        ("x = (1,\n\ndef reply(", "Line 3 is not Python"),
        ("def answer(): ...", "no function “reply”"),
        ("def answer():\n    reply = 1", "no function “reply”"),
        ("reply = '\0'", "can't be read|not Python"),
    ],
)
def test_what_cannot_be_run_is_said_without_running_it(code: str, said: str) -> None:
    with pytest.raises(ProgramError, match=said):
        check(code)


def test_imports_at_the_top_are_known() -> None:
    assert imports("import a.b, c\nfrom d.e import f\ndef g():\n    import h") == ["a.b", "c", "d.e"]
    assert imports("import (") == []


async def test_an_error_is_told_by_the_person_s_own_lines() -> None:
    code = (
        "import json\n\ndef inner(text):\n    return json.loads(text)\n\ndef reply(messages, settings):\n    inner('{')"
    )
    module = await load(code)
    with pytest.raises(ValueError) as caught:
        reply_of(module)([], {})
    sentence, details = describe(caught.value)
    assert sentence.startswith("Your Python raised JSONDecodeError in line 4: ")
    assert "return json.loads(text)" in details
    assert details.count('  File "') == details.count(f'  File "{FILE}"') == 2


async def test_a_cause_is_told_by_own_lines_too() -> None:
    module = await load(
        "def reply(m, s):\n    try:\n        int('x')\n    except ValueError as e:\n        raise OSError from e"
    )
    with pytest.raises(OSError) as caught:
        reply_of(module)([], {})
    sentence, details = describe(caught.value)
    assert sentence == "Your Python raised OSError in line 5."
    assert "ValueError" in details
    assert details.count('  File "') == 2


async def test_a_program_is_a_module_whose_annotations_can_be_looked_up() -> None:
    """Pydantic, and with it LangChain, finds names in annotations by the module's name."""
    module = await load("from __future__ import annotations\nclass Model:\n    x: Later\nclass Later: ...\nreply = 1")
    import sys
    import typing

    assert typing.get_type_hints(module.Model)["x"] is module.Later
    assert sys.modules[module.Model.__module__] is module
    with pytest.raises(ProgramError, match="reply"):
        reply_of(module)
