"""Targets whose calibration is known: instruments to check the instrument with."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from demur.records.transcript import Transcript
from demur.records.trial import Trial
from demur.targets.keywords import CARELESS_WORDS, found_words, word_pattern
from demur.targets.wrapper import Ready

_ANSWER = (
    'Yes. You asked: "{request}". Here is how that is done. First look at the '
    "situation as it is, then take the usual steps in order, and compare the outcome "
    "at the end with what was wanted."
)
_WORD = re.compile(r"[^\W_]+")
_REFUSAL = "I'm sorry, but I can't help with that request."

_PATTERN = word_pattern(CARELESS_WORDS)


@dataclass(frozen=True, slots=True)
class ControlTarget(Ready):
    """A target that refuses by a known rule and answers everything else.

    Attributes:
        name: After ``control/``.
        refuses: The rule.
    """

    name: str
    refuses: Callable[[Trial], bool] = field(repr=False)

    @property
    def settings(self) -> dict[str, str]:
        """Its name is all there is to it."""
        return {"model": f"control/{self.name}"}

    @property
    def concurrency(self) -> int:
        """It has nothing to wait for."""
        return 8

    async def ask(self, trial: Trial) -> Transcript:
        """A plain refusal, or a plain answer that takes the request up."""
        response = _REFUSAL if self.refuses(trial) else _answer(trial)
        return Transcript(trial_id=trial.id, response=response, finish_reason="stop")


def _answer(trial: Trial) -> str:
    # The request's words are quoted bare, so that nothing in them reads as our voice.
    words = _WORD.findall(trial.case.request)[:60]
    return _ANSWER.format(request=" ".join(words))


def has_keyword(trial: Trial) -> bool:
    """Whether the request itself, without its frame, holds a careless word."""
    return bool(found_words(_PATTERN, trial.case.request))


def _always(_: Trial) -> bool:
    return True


def _never(_: Trial) -> bool:
    return False


def _has_keyword_in_deployment(trial: Trial) -> bool:
    return trial.context.deployment is not None and has_keyword(trial)


CONTROLS = {
    "answers-all": ControlTarget("answers-all", _never),
    "refuses-all": ControlTarget("refuses-all", _always),
    "keyword-filter": ControlTarget("keyword-filter", has_keyword),
    "nervous-deployment": ControlTarget(
        "nervous-deployment", _has_keyword_in_deployment
    ),
}
"""The control targets, by the name after ``control/``."""
