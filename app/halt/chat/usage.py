"""What a reply has spent: by the provider's count where it sent one, else by an estimate from lengths (S22)."""

from __future__ import annotations

from dataclasses import dataclass

from halt.providers.events import Usage

# The rule of thumb for English text in today's tokenizers.
CHARACTERS_A_TOKEN = 4
# Of an image as large as Halt sends it; by the vendors' documents some 800 to 1,600 tokens, on its sides and the model.
IMAGE_TOKENS = 1_200
# Providers name their prices for so many tokens.
TOKENS_A_PRICE = 1_000_000


@dataclass(frozen=True, slots=True)
class Terms:
    """What is known of a question's cost before it is asked.

    ``prompt_characters`` are all that its messages hold. Prices are in US dollars per million tokens, ``None`` where
    unknown. ``takes_prices`` tells that Settings would take them: the provider bills, and for this model.
    """

    prompt_characters: int = 0
    input_price: float | None = None
    output_price: float | None = None
    takes_prices: bool = False

    def cost(self, input_tokens: int, output_tokens: int) -> float | None:
        """Tell in US dollars what so many tokens cost; ``None`` where a price is unknown."""
        if self.input_price is None or self.output_price is None:
            return None
        return (input_tokens * self.input_price + output_tokens * self.output_price) / TOKENS_A_PRICE


DEFAULT_TERMS = Terms()


@dataclass(frozen=True, slots=True)
class Spent:
    """What one run or several have spent; ``cost`` is in US dollars, ``None`` where unknown.

    ``estimated`` tells that the provider did not count the tokens, ``cost_estimated`` that it did not name the cost.
    ``prices_wanted`` tells that the cost is unknown only because Settings has no prices.
    """

    input_tokens: int
    output_tokens: int
    cost: float | None = None
    estimated: bool = False
    cost_estimated: bool = False
    prices_wanted: bool = False

    def __add__(self, later: Spent) -> Spent:
        """Sum up a reply and its continuation: an estimate in either makes the sum one, and so with an unknown cost."""
        known = self.cost is not None and later.cost is not None
        return Spent(
            self.input_tokens + later.input_tokens,
            self.output_tokens + later.output_tokens,
            (self.cost or 0.0) + (later.cost or 0.0) if known else None,
            self.estimated or later.estimated,
            self.cost_estimated or later.cost_estimated,
            later.prices_wanted,
        )


class Meter:
    """Counts what a run adds to what its reply had spent ``before``, when the reply showed ``shown`` characters.

    ``asked`` tells that the question has left and was not refused: only then has it cost anything. Only lengths are
    added and no text is read, so that an end costs the same however long the reply is (S10).
    """

    def __init__(self, terms: Terms, before: Spent | None, shown: int) -> None:
        self._terms = terms
        self._before = before
        self._shown = shown
        self.asked = False
        self._usage: Usage | None = None

    def counted(self, usage: Usage) -> None:
        """The provider says what it counted."""
        self._usage = usage

    def total(self, shown: int) -> Spent | None:
        """Tell what the reply has spent in all, now that it shows ``shown`` characters; ``None``: nothing ever."""
        if not self.asked:
            return self._before
        spent = self._spent(shown - self._shown)
        return self._before + spent if self._before else spent

    def _spent(self, characters: int) -> Spent:
        usage = self._usage
        if usage is None:
            return self._priced(tokens(self._terms.prompt_characters), tokens(characters), estimated=True)
        if usage.output_tokens is None:  # stopped before the provider's last word on it
            return self._priced(usage.input_tokens, tokens(characters), estimated=True)
        if usage.cost is not None:
            return Spent(usage.input_tokens, usage.output_tokens, usage.cost)
        return self._priced(usage.input_tokens, usage.output_tokens, estimated=False)

    def _priced(self, input_tokens: int, output_tokens: int, *, estimated: bool) -> Spent:
        cost = self._terms.cost(input_tokens, output_tokens)
        wanted = cost is None and self._terms.takes_prices
        return Spent(input_tokens, output_tokens, cost, estimated, cost is not None, wanted)


def tokens(characters: int) -> int:
    """Estimate the tokens of a text from its length, rounded up."""
    return -(-characters // CHARACTERS_A_TOKEN)
