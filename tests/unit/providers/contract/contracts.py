"""All dialects' samples, and what the suite runs over."""

from __future__ import annotations

import pytest

from halt.providers.preset import Dialect, Preset
from halt.providers.presets import PRESETS

from . import (
    samples_anthropic,
    samples_chat,
    samples_dify,
    samples_gemini,
    samples_langgraph,
    samples_ollama,
    samples_responses,
)
from .sample import Contract

CONTRACTS: dict[Dialect, Contract] = {
    module.CONTRACT.dialect: module.CONTRACT
    for module in (
        *(samples_chat, samples_responses, samples_anthropic, samples_gemini),
        *(samples_ollama, samples_dify, samples_langgraph),
    )
}
# A person's own Python is asked without an address: test_python_code.py holds it to the same.
ROWS = pytest.mark.parametrize(
    "row", [row for row in PRESETS if row.dialect is not Dialect.PYTHON], ids=lambda row: row.id
)
DIALECTS = pytest.mark.parametrize("contract", CONTRACTS.values(), ids=lambda contract: contract.dialect)
EVERY_STREAM = pytest.mark.parametrize(
    ("contract", "name"),
    [(contract, name) for contract in CONTRACTS.values() for name in contract.streams],
    ids=lambda value: value if isinstance(value, str) else value.dialect,
)


def contract_of(row: Preset) -> Contract:
    if row.dialect not in CONTRACTS:
        pytest.fail(
            f"The row “{row.id}” speaks {row.dialect}, which has no samples: write a module samples_….py beside this "
            "one with a CONTRACT in it, and name it here. docs/add-a-provider.md shows how."
        )
    return CONTRACTS[row.dialect]
