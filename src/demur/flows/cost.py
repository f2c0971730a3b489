"""What asking costs: before, as an estimate, and after, as counted."""

from collections.abc import Iterable
from dataclasses import dataclass

from demur.records.prices import Prices
from demur.records.transcript import Transcript
from demur.records.trial import Trial

_CHARACTERS_PER_TOKEN = 4
"""A rule of thumb for English."""

_TOKENS_AROUND = 12
"""Tokens that a protocol puts around a conversation, about."""

_USUAL_ANSWER = 400
"""Tokens of a chat model's usual answer, about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """What asking some trials will take, estimated before it is done.

    Attributes:
        trials: How many.
        read: Tokens that the model will read, about.
        written: Tokens that it will write, about.
        most_written: Tokens that it may write at most.
    """

    trials: int
    read: int
    written: int
    most_written: int


def prompt_tokens(trial: Trial) -> int:
    """Tokens of a trial's prompt, about."""
    return len(_said(trial)) // _CHARACTERS_PER_TOKEN + _TOKENS_AROUND


def most_prompt_tokens(trial: Trial) -> int:
    """Tokens of a trial's prompt at most, in any language: one for each byte."""
    return len(_said(trial).encode(errors="surrogatepass")) + _TOKENS_AROUND


def _said(trial: Trial) -> str:
    deployment = trial.context.deployment
    system = "" if deployment is None else deployment.system
    return system + "".join(turn.content for turn in trial.turns)


def bill(trials: Iterable[Trial], longest_answer: int) -> Bill:
    """The estimate for asking these trials once each."""
    read = [prompt_tokens(trial) for trial in trials]
    return Bill(
        trials=len(read),
        read=sum(read),
        written=len(read) * min(_USUAL_ANSWER, longest_answer),
        most_written=len(read) * longest_answer,
    )


def cost_of(transcript: Transcript, trial: Trial, prices: Prices) -> float:
    """What an answer cost, as the server counted; estimated where it did not."""
    read, written = transcript.prompt_tokens, transcript.completion_tokens
    if read is None:
        read = prompt_tokens(trial)
    if written is None:
        said = transcript.response + (transcript.reasoning or "")
        written = len(said) // _CHARACTERS_PER_TOKEN
    return prices.cost(read, written)
