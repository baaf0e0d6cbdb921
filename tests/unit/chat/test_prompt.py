"""System prompts with variables: what they say, what they refuse, and that none can hang or flood the page."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from halt.chat.prompt import FILTERS, MOST_SAID, VARIABLES, Here, fill, has_variables, moment
from halt.providers.errors import BadPrompt
from halt.store.profiles import EXAMPLES

SAID = moment(datetime(2026, 11, 22, 19, 5, tzinfo=UTC)) | {
    "language": "de-DE",
    "selection": "",
    "model": "m",
    "provider": "OpenAI",
    "title": "Sky",
}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{{ date }}, {{time}}, {{ weekday }}", "2026-11-22, 19:05, Sunday"),
        ("{{ language }} {{ model }} {{ provider }} {{ title }}", "de-DE m OpenAI Sky"),
        ("{{ model|upper }}\n", "M\n"),
        ("{% if selection %}About {{ selection }}{% elif title %}Of {{ title }}{% else %}None{% endif %}", "Of Sky"),
        ('{{ "yes" if language == "de-DE" and not selection else "no" }}', "yes"),
        ("{# nobody is told #}a", "a"),
        ("{{ '{{' }} stays", "{{ stays"),
        ("No braces { of } jinja's: 100 %}", "No braces { of } jinja's: 100 %}"),
        ("<b>{{ title }}</b> & more", "<b>Sky</b> & more"),
    ],
)
def test_variables_are_filled_in(text: str, said: str) -> None:
    assert fill(text, SAID) == said


def test_a_prompt_without_variables_is_not_even_read() -> None:
    assert not has_variables("Plain { text }")
    assert fill("Plain { text }", {}) == "Plain { text }"


@pytest.mark.parametrize("text", ["{{ dat }}", "{% if dat %}x{% endif %}", "{{ title if dat else title }}"])
def test_an_unknown_variable_is_named_with_those_that_there_are(text: str) -> None:
    with pytest.raises(BadPrompt) as caught:
        fill(text, SAID)
    assert "There is no variable “dat”." in caught.value.sentence
    assert all(name in caught.value.sentence for name in VARIABLES)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("{% for x in range(10**9) %}{% endfor %}", "loops"),
        ("{{ range(10**9) }}", "calls"),
        ("{% set x = title %}", "assignments"),
        ("{% macro m() %}{{ m() }}{% endmacro %}", "macros"),
        ("{{ title.__class__ }}", "attributes"),
        ("{{ title['x'] }}", "items"),
        ("{{ 'x' * 10**9 }}", "“mul”"),
        ("{{ 9**9**9 }}", "“pow”"),
        ("{{ title ~ title }}", "“concat”"),
        ("{% include 'x' %}", "“include”"),
        ("{{ title|center(999999999) }}", "no filter “center”"),
        ("{{ title|indent(999999999) }}", "no filter “indent”"),
        ("{{ title is sameas title }}", "no test “sameas”"),
        ("line\n{% if title %}", "line 2"),
        ("{{ title", "can't be read"),
        ("{{ title | }}", "can't be read"),
        ("{{ date|truncate('x') }}", "can't be filled in"),
        ("{{ " + "(" * 5_000 + "title" + ")" * 5_000 + " }}", "nested too deeply"),
        ("{{ " + "not " * 50_000 + "title }}", "nested too deeply"),
    ],
)
def test_what_a_prompt_does_not_need_is_refused_with_a_sentence(text: str, word: str) -> None:
    with pytest.raises(BadPrompt) as caught:
        fill(text, SAID)
    assert word in caught.value.sentence


@pytest.mark.parametrize("deep", [30, 60, 90, 150, 199, 201, 300, 600])
def test_a_deep_prompt_is_filled_in_or_refused_and_nothing_else(deep: int) -> None:
    for text in ("{{ " + "(" * deep + "title" + ")" * deep + " }}", "{{ " + "not " * deep + "title }}"):
        try:
            assert fill(text, SAID) in ("Sky", "True", "False")
        except BadPrompt as error:
            assert "nested too deeply" in error.sentence
    text = "{% if title %}" * deep + "x" + "{% endif %}" * deep
    try:
        assert fill(text, SAID) == "x"
    except BadPrompt as error:
        assert "nested too deeply" in error.sentence


def test_a_prompt_that_would_flood_the_request_is_refused() -> None:
    with pytest.raises(BadPrompt) as caught:
        fill("{{ selection }}" * 50, SAID | {"selection": "x" * (MOST_SAID // 10)})
    assert "longer than" in caught.value.sentence


@pytest.mark.parametrize("name", sorted(FILTERS))
def test_each_filter_that_is_offered_works(name: str) -> None:
    assert fill(f"{{{{ title|{name} }}}}", SAID)


def test_each_example_of_the_library_can_be_sent() -> None:
    for example in EXAMPLES:
        assert fill(example.text, SAID).strip()
        assert "{" not in fill(example.text, SAID | {"selection": "These words."})


def test_the_facts_of_a_moment_are_all_there() -> None:
    assert Here().facts().keys() | {"model", "provider", "title"} == VARIABLES.keys()
