"""What is asked with: the settings that hold for a conversation, and its system prompt as it reads at this moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from halt.chat.connection import Connect, Question, prepare
from halt.chat.conversation import Conversation
from halt.chat.prompt import Here, Surroundings, fill, has_variables
from halt.providers.base import Message, Provider, ProviderSettings
from halt.providers.presets import preset

Messages = Callable[[Provider, str], Sequence[Message]]
"""Makes the messages for a provider, with this system prompt."""


class Asking:
    """Makes questions that can be sent as they are.

    ``profiles`` are the settings by profile and ``prompts`` the texts of the library, by their ids; ``profile`` is the
    one for new chats. Where there are no profiles, ``settings`` hold.
    """

    def __init__(self, settings: ProviderSettings, connect: Connect, surroundings: Surroundings | None = None) -> None:
        self.settings = settings
        self.profile = ""
        self.profiles: Mapping[str, ProviderSettings] = {}
        self.prompts: Mapping[str, str] = {}
        self._connect = connect
        self._surroundings = surroundings or Here()

    def has_lost_profile(self, conversation: Conversation) -> bool:
        """Tell whether a conversation names a profile that is not there (any more)."""
        return bool(conversation.overrides.profile) and conversation.overrides.profile not in self.profiles

    def profile_of(self, conversation: Conversation) -> str:
        """Tell the id of the profile that answers in a conversation: its own, else the one for new chats."""
        own = conversation.overrides.profile
        return own if own in self.profiles else self.profile

    def settings_for(self, conversation: Conversation) -> ProviderSettings:
        """Give the settings that hold for a conversation; a model goes with its profile, where that is gone."""
        own = conversation.overrides
        if self.has_lost_profile(conversation):
            own = replace(own, model="")
        return own.over(self.profiles.get(self.profile_of(conversation), self.settings), self.prompts)

    def bind(self, conversation: Conversation) -> None:
        """Let a conversation keep the profile that answers in it, whichever is the one for new chats later."""
        own, profile = conversation.overrides, self.profile_of(conversation)
        if own.profile != profile:
            model = "" if self.has_lost_profile(conversation) else own.model
            conversation.overrides = replace(own, profile=profile, model=model)

    def question(self, conversation: Conversation, model: str, messages: Messages) -> Question:
        """Prepare a question to ``model``. Raises a ``ProviderError`` where the settings, or their prompt, can't work.

        Where the prompt has variables and what reads them is not loaded yet, the question is completed by the run.
        """
        settings = self.settings_for(conversation)
        text = settings.system_prompt
        if not has_variables(text):
            return prepare(self._connect, settings, model, lambda provider: messages(provider, text))
        variables = self.variables(conversation, replace(settings, model=model.strip()))

        def filled(run_id: str = "") -> Question:
            said = fill(text, variables)
            return prepare(self._connect, settings, model, lambda provider: messages(provider, said), run_id)

        if self._surroundings.ready:
            return filled()
        question = prepare(self._connect, settings, model, lambda provider: messages(provider, ""))

        async def later() -> Question:
            await self._surroundings.load()
            return filled(question.run_id)

        return replace(question, later=later)

    def variables(self, conversation: Conversation, settings: ProviderSettings) -> dict[str, str]:
        """Give what a prompt can say now, by the names of its variables."""
        about = {"model": settings.model, "provider": self.provider_name(settings), "title": conversation.title}
        return self._surroundings.facts() | about

    def provider_name(self, settings: ProviderSettings) -> str:
        """Tell what the provider is called in replies."""
        return preset(settings.preset).name
