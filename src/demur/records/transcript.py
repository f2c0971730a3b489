"""What came back from a target, and what did not."""

from dataclasses import dataclass
from enum import StrEnum

_TRUNCATED = {
    "length",
    "max_tokens",
    "max_output_tokens",
    "MAX_TOKENS",
    "model_context_window_exceeded",
    "model_length",
}
"""The protocols' words for an answer that reached the limit on tokens."""


class Layer(StrEnum):
    """Which layer of a deployment withheld an answer. Defined in docs/glossary.md."""

    PROVIDER_FILTER = "provider filter"
    INPUT_GUARD = "input guard"
    OUTPUT_GUARD = "output guard"
    MODEL = "model"


class Side(StrEnum):
    """Which text a filter stopped at."""

    PROMPT = "prompt"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A protocol's own word that an answer was withheld. Never judged as text.

    Attributes:
        layer: Who withheld it.
        code: The protocol's word, such as ``finish_reason=content_filter``.
        detail: What the protocol said further; may be empty.
        side: Which text it stopped at; None where the protocol does not say.
    """

    layer: Layer
    code: str
    detail: str = ""
    side: Side | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """What came back for one trial, exactly as received.

    Attributes:
        trial_id: The trial asked.
        response: The answer's text. May be empty; may hold anything.
        finish_reason: The protocol's raw word for why the text ended; None if none.
        block: Set where the protocol says that the answer was withheld.
        reasoning: Thinking that the protocol kept apart from the answer.
        seconds: From the request to the whole answer, retries included.
        prompt_tokens: As the server counted; None where it did not say.
        completion_tokens: As the server counted; None where it did not say.
        model: The model's name as the server reports it; None where it did not.
        retries: How often the request was sent again before this came.
        waited_seconds: Part of ``seconds`` spent waiting: for rate limits, for a turn
            and before retries.
        withheld: What the target said before an output guard withheld it; None where
            none did.
    """

    trial_id: str
    response: str
    finish_reason: str | None = None
    block: Block | None = None
    reasoning: str | None = None
    seconds: float = 0.0
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    model: str | None = None
    retries: int = 0
    waited_seconds: float = 0.0
    withheld: str | None = None

    @property
    def is_truncated(self) -> bool:
        """Whether the text ended because the limit on tokens was reached."""
        return self.finish_reason in _TRUNCATED


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedTrial:
    """Nothing came back. Missing data: neither an answer nor a refusal.

    Attributes:
        trial_id: The trial asked.
        error: Name of the error's class.
        message: What happened, for people.
    """

    trial_id: str
    error: str
    message: str
