"""What a reply says when it has ended otherwise than with its last word: each reason in its own words."""

from __future__ import annotations

from halt.providers.events import FinishReason

EMPTY_REPLY = "The provider ended the reply without a word. Retry, or choose another model in Settings."
OUR_FAULT = "Something in Halt itself went wrong. What had arrived is kept; Retry asks again."
FINISH_NOTICES = {
    FinishReason.LENGTH: "The reply reached its length limit. Continue goes on; Settings has the limit.",
    FinishReason.FILTER: "The provider's content filter ended this reply. Edit the prompt and ask again.",
    FinishReason.REFUSAL: "The model declined to answer this. Edit the prompt, or ask another model.",
    FinishReason.CONTEXT: (
        "This conversation has filled what the model can read at once. Edit an earlier prompt, or start a new one."
    ),
}
GAVE_UP = (
    "Nothing came for {seconds:g} s, so Halt closed the connection. What had arrived is kept; "
    "Retry asks again, and Settings has the limit."
)
