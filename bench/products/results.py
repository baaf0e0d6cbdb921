"""What all trials found, as it is written to a file and read again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from bench.products.trials import GIVEN_UP, Found, Value
from tools.errors import ProgramError

HALT = "halt"
WORST_FIRST = ("no", "part", "yes")


@dataclass(slots=True)
class About:
    """What is known of one product: its title, what exactly was measured, its packages, and why it is missing."""

    title: str
    what: str
    packages: dict[str, str]
    missing: str = ""


@dataclass(slots=True)
class Results:
    """All numbers of one measurement.

    runs: for each product, by name, what each run found. began: the day, as in ISO 8601. renewed: the day on which a
    trial was measured anew, by its name.
    """

    began: str
    quick: bool
    machine: dict[str, str]
    products: dict[str, About] = field(default_factory=dict)
    runs: dict[str, list[Found]] = field(default_factory=dict)
    renewed: dict[str, str] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How often all was measured."""
        return max((len(runs) for runs in self.runs.values()), default=0)

    def values(self, product: str, key: str) -> list[Value]:
        """Give what was found in all runs in which the trial did not fail."""
        return [found[key] for found in self.runs.get(product, []) if key in found]

    def number(self, product: str, key: str) -> float | None:
        """Give the median of a number; infinite where it did not come to be in half of the runs or more."""
        found = [value if isinstance(value, int | float) else float("inf") for value in self.values(product, key)]
        return median(found) if found else None

    def word(self, product: str, key: str) -> str | None:
        """Give the worst of the words that were found: what holds only sometimes does not hold."""
        found = {str(value) for value in self.values(product, key)}
        return next((word for word in WORST_FIRST if word in found), None)

    def renew(self, product: str, run: int, found: Found) -> None:
        """Put what was found anew in the place of what a run had found.

        Raises ProgramError where a trial failed: what it had found before would be told as new.
        """
        failed = [str(why) for key, why in found.items() if key.startswith("failed_")]
        if failed:
            raise ProgramError(f"A trial of {product} failed, so the numbers of before stay as they are: {failed[0]}")
        self.runs[product][run] |= found

    def settled(self, product: str, trial: str, runs: int) -> bool:
        """Tell whether a trial came to nothing in more than half of all ``runs``: no other one can change a median."""
        given_up = GIVEN_UP.get(trial, {}).items()
        found = [one for one in self.runs.get(product, []) if given_up and given_up <= one.items()]
        return len(found) > runs // 2

    def failures(self, product: str) -> list[str]:
        """Tell which trials failed, and why, each once."""
        said = {
            f"{key.removeprefix('failed_')}: {value}"
            for found in self.runs.get(product, [])
            for key, value in found.items()
            if key.startswith("failed_")
        }
        return sorted(said)


def save(results: Results, path: Path) -> None:
    """Write all numbers to a file."""
    path.write_text(json.dumps(asdict(results), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def load(path: Path) -> Results:
    """Read the numbers of before. Raises ProgramError where there are none."""
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        products = {name: About(**about) for name, about in found.pop("products").items()}
        return Results(**found, products=products)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ProgramError(f"{path} holds no numbers of this bench. Measure them: python build.py bench.") from error


def in_order(results: Results) -> Sequence[str]:
    """Give the products' names as they were measured, Halt first."""
    return sorted(results.products, key=lambda name: name != HALT)
