"""What every provider offers, whatever its wire format."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from halt.providers.cancelling import Cancellation
from halt.providers.errors import ProviderError
from halt.providers.events import Event
from halt.wire.probe import Circumstances
from halt.wire.transport import Request, Response, TransportError

NOTHING_FOUND = Circumstances()

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Image:
    """A picture that goes with a message; ``media_type`` is its MIME type, such as "image/png"."""

    media_type: str
    data: bytes = field(repr=False)

    @property
    def base64(self) -> str:
        """The picture's bytes as base64, as every dialect takes them."""
        return b64encode(self.data).decode("ascii")

    @property
    def data_url(self) -> str:
        """The picture as a data: URL (RFC 2397)."""
        return f"data:{self.media_type};base64,{self.base64}"


@dataclass(frozen=True, slots=True)
class Message:
    """One turn as a model is told it; ``images`` stand before its text."""

    role: Role
    content: str
    images: tuple[Image, ...] = ()


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """What a person chose for a provider: where it is, who asks, which model and how.

    ``also_models`` are asked the same at once, side by side with ``model``.
    ``temperature`` and ``max_tokens`` (tokens) are left to the provider where ``None``.
    ``code`` is the person's own Python, which answers where that is the provider.
    ``input_price`` and ``output_price`` are those of ``model``, in US dollars per million tokens (``None``: unknown).
    """

    preset: str = "mock"
    base_url: str = ""
    api_key: str = field(default="", repr=False)
    model: str = "halt-mock"
    also_models: tuple[str, ...] = ()
    temperature: float | None = None
    max_tokens: int | None = None
    system_prompt: str = ""
    input_price: float | None = None
    output_price: float | None = None
    code: str = field(default="", repr=False)


def system_and_turns(messages: Sequence[Message], settings: ProviderSettings) -> tuple[str, Sequence[Message]]:
    """Part the system prompt from the turns: the one that ``messages`` begin with, else that of the settings."""
    if messages and messages[0].role == "system":
        return messages[0].content.strip(), messages[1:]
    return settings.system_prompt.strip(), messages


def text_and_images(message: Message) -> str | list[dict[str, Any]]:
    """Give a message's text, or its parts where images go with it, as OpenAI has them and others after it.

    https://platform.openai.com/docs/guides/images-vision.
    """
    if not message.images:
        return message.content
    images = [{"type": "image_url", "image_url": {"url": image.data_url}} for image in message.images]
    return [*images, *([{"type": "text", "text": message.content}] if message.content else [])]


class Provider(Protocol):
    """A wire format: settings and messages in, a request out; a response in, events out."""

    def request(self, messages: Sequence[Message], settings: ProviderSettings, run_id: str = "") -> Request:
        """Build the request for a streamed reply to ``messages``; ``run_id`` is what a cancel will name it by (S13)."""
        ...

    def cancellation(self, settings: ProviderSettings, run_id: str, named: str = "") -> Cancellation | None:
        """Build what tells the provider to stop the run ``run_id``; ``None`` where it has no address for that (S13).

        ``named`` is what the provider itself called the run (the event ``Named``); raises ``NotNamed`` where a cancel
        needs that and it has not come.
        """
        ...

    async def confirms_cancel(self, response: Response) -> bool:
        """Tell whether the answer to a cancel confirms it; False is worth another try.

        Raises ``CancelRefused`` where no further try can help, and ``TransportError``.
        """
        ...

    def events(self, response: Response) -> AsyncGenerator[Event, None]:
        """Yield what ``response`` says, as it arrives.

        Raises a ``ProviderError`` (see ``halt.providers.errors``) for a refusal, an error in the stream, a malformed
        event or a cut connection; whatever was yielded before stays valid. Closing the generator closes the connection.
        """
        ...

    @property
    def prefills(self) -> bool:
        """Tell whether messages may end with an assistant turn, which the provider then goes on with (S20)."""
        ...

    def explain(self, error: TransportError, found: Circumstances = NOTHING_FOUND) -> ProviderError:
        """Turn a transport's failure into the sentence that helps with this provider, by what a probe has ``found``."""
        ...

    def models_request(self, settings: ProviderSettings) -> Request:
        """Build the request for the list of models."""
        ...

    async def models(self, response: Response) -> list[str]:
        """Read the list of models' names; raises ``ProviderError``."""
        ...
