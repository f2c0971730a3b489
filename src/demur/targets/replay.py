"""Answers taken from an earlier run: nothing is asked, nothing is invented."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from demur.errors import TargetRejectedError
from demur.records.outcome import Outcome
from demur.records.run import RunHeader
from demur.records.transcript import Transcript
from demur.records.trial import Trial
from demur.targets.deployment import conversation
from demur.targets.wrapper import Ready

Words = tuple[tuple[tuple[str, str], ...], int]
"""What is said in a trial, by whom, and the number of the sample."""


def words_of(trial: Trial) -> Words:
    """What identifies an answer: the words sent, and which sample it is."""
    said = tuple((message.role, message.content) for message in conversation(trial))
    return said, trial.sample


@dataclass(frozen=True, slots=True)
class ReplayTarget(Ready):
    """Says what another target said to the same words.

    Attributes:
        run: The earlier run.
        answers: Its transcripts, by the words that they answer.
    """

    run: RunHeader
    answers: Mapping[Words, Transcript] = field(repr=False)

    @classmethod
    def of(cls, run: RunHeader, outcomes: Iterable[Outcome]) -> Self:
        """A replay of what a run holds."""
        answers = {
            words_of(outcome.trial): outcome.transcript
            for outcome in outcomes
            if outcome.transcript is not None
        }
        return cls(run, answers)

    @property
    def settings(self) -> dict[str, str]:
        """The run, its target and its settings."""
        known = {"run": self.run.id, "target": self.run.target, **self.run.settings}
        return {f"replayed {name}": value for name, value in known.items()}

    @property
    def concurrency(self) -> int:
        """It has nothing to wait for."""
        return 8

    async def ask(self, trial: Trial) -> Transcript:
        """The answer to the same words, as it was recorded."""
        found = self.answers.get(words_of(trial))
        if found is None:
            raise TargetRejectedError(
                f"run {self.run.id} holds no answer to this trial"
            )
        return replace(found, trial_id=trial.id)
