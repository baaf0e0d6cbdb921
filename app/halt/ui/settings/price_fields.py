"""The two fields for a model's prices (S22): what is typed stays with the provider and the model it was typed for."""

from __future__ import annotations

from typing import NamedTuple

from halt.browser.dom import by_id
from halt.providers.base import ProviderSettings
from halt.providers.preset import Billing
from halt.providers.presets import preset
from halt.store.profiles import MOST_PRICE
from halt.ui.settings import fields

# The fields' ids, with the names that sentences give them.
FIELDS = {"input-price": "The input price", "output-price": "The output price"}


class ModelAsked(NamedTuple):
    """Whose prices these are: a preset, the origin of its address, a model. Empty is what is not typed yet."""

    preset: str
    origin: str
    model: str


class PriceFields:
    """Holds the prices that are typed, for each model its own, until the dialog closes."""

    def __init__(self) -> None:
        self._typed: dict[ModelAsked, tuple[str, ...]] = {}
        self._asked = ModelAsked("", "", "")

    def fill(self, asked: ModelAsked, settings: ProviderSettings) -> None:
        """Show the prices in ``settings``, which are those of ``asked``; whatever was typed before is forgotten."""
        prices = (settings.input_price, settings.output_price)
        self._typed = {}
        self._asked = asked
        self._show(tuple("" if price is None else f"{price:.10g}" for price in prices))

    def copy(self) -> PriceFields:
        """Make other fields' memory that begins with what was typed here."""
        other = PriceFields()
        other._typed, other._asked = dict(self._typed), self._asked
        return other

    def leave(self) -> None:
        """Remember what is typed, since the fields are going to show something else."""
        self._typed[self._asked] = tuple(map(fields.value, FIELDS))

    def come_back(self) -> None:
        """Show what was typed when the fields were left."""
        self._show(self._typed.get(self._asked, ()))

    def follow(self, asked: ModelAsked) -> None:
        """Show what was typed for ``asked``, now that the other fields name it; where it is free, nothing is asked."""
        before = self._asked
        if asked == before:
            return
        typed = tuple(map(fields.value, FIELDS))
        self._typed[before] = typed
        self._asked = asked
        # Prices that were typed before there was a model, or its address, are meant for the first one.
        first = before.preset == asked.preset and not (before.origin and before.model)
        found = self._typed.get(asked, ())
        self._show(found if any(found) or not first else typed)

    def read(self, wrong: dict[str, str]) -> tuple[float | None, float | None]:
        """Read both prices, in US dollars per million tokens; what can't be used is told in ``wrong``."""
        if self._free:
            return None, None
        read, written = (fields.number(field, name, 0, MOST_PRICE, wrong) for field, name in FIELDS.items())
        empty = [field for field in FIELDS if not fields.value(field)]
        if len(empty) == 1:
            wrong[empty[0]] = "A cost takes both prices: enter this one as well, or neither."
        return read, written

    @property
    def _free(self) -> bool:
        return preset(self._asked.preset).billing is Billing.FREE

    def _show(self, typed: tuple[str, ...]) -> None:
        for field, text in zip(FIELDS, typed or ("", ""), strict=True):
            by_id(field).value = text
            by_id(field).closest(".field").hidden = self._free
