"""What a conversation has of its own: the profile that answers in it, and what differs from that profile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from halt.providers.base import ProviderSettings


@dataclass(frozen=True, slots=True)
class Overrides:
    """What holds for one conversation alone; whatever is empty is as in the profile.

    ``profile`` is the id of the profile that answers (empty: the one for new chats). ``prompt`` is the id of a prompt
    of the library; ``system_prompt`` is a text of its own, where ``None`` is none and an empty one means no system
    prompt. ``unknown`` holds what a newer version has kept here, so that it survives this one.
    """

    profile: str = ""
    model: str = ""
    temperature: float | None = None
    max_tokens: int | None = None
    prompt: str = ""
    system_prompt: str | None = None
    unknown: dict[str, Any] = field(default_factory=dict)

    @property
    def changes(self) -> bool:
        """Tell whether anything differs from the profile."""
        own = (self.model, self.prompt) != ("", "")
        return own or (self.temperature, self.max_tokens, self.system_prompt) != (None, None, None)

    @property
    def has_prompt(self) -> bool:
        """Tell whether the system prompt is not the profile's."""
        return bool(self.prompt) or self.system_prompt is not None

    def over(self, settings: ProviderSettings, prompts: Mapping[str, str]) -> ProviderSettings:
        """Give a profile's settings as they hold in this conversation; ``prompts`` are the library's texts by id.

        Prices belong to the profile's model, and so do the models that are asked beside it.
        """
        if self.model and self.model != settings.model:
            settings = replace(settings, model=self.model, also_models=(), input_price=None, output_price=None)
        if self.temperature is not None:
            settings = replace(settings, temperature=self.temperature)
        if self.max_tokens is not None:
            settings = replace(settings, max_tokens=self.max_tokens)
        if self.system_prompt is not None:
            settings = replace(settings, system_prompt=self.system_prompt)
        elif self.prompt in prompts:
            settings = replace(settings, system_prompt=prompts[self.prompt])
        return settings
