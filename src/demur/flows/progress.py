"""How far a run has come."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from demur.flows.cost import cost_of
from demur.records.prices import Prices
from demur.records.transcript import FailedTrial, Transcript
from demur.records.trial import Trial


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a run has come. What is counted survives anything.

    Attributes:
        total: Trials of the run.
        stored: Trials that had a transcript before this command.
        asked: Trials asked by this command so far.
        failures: How many of them failed, by the error's name.
        retries: How often a trial was sent again.
        waited_seconds: Spent waiting for rates, limits and retries, over all trials.
        read: Tokens read, as far as servers count them.
        written: Tokens written, as far as servers count them.
        cost: In the prices' currency; None where there are no prices.
    """

    total: int
    stored: int
    asked: int = 0
    failures: Mapping[str, int] = field(default_factory=dict)
    retries: int = 0
    waited_seconds: float = 0.0
    read: int = 0
    written: int = 0
    cost: float | None = None

    @property
    def failed(self) -> int:
        """How many of the trials asked failed."""
        return sum(self.failures.values())

    @property
    def missing(self) -> int:
        """How many trials of the run have no transcript yet."""
        return self.total - self.stored - self.asked + self.failed

    def and_failed(self, failure: FailedTrial) -> "Progress":
        """After one more trial, which failed."""
        name = failure.error
        failures = {**self.failures, name: self.failures.get(name, 0) + 1}
        return replace(self, asked=self.asked + 1, failures=failures)

    def and_answered(
        self, transcript: Transcript, trial: Trial, prices: Prices | None
    ) -> "Progress":
        """After one more trial, which was answered."""
        cost = None
        if prices is not None:
            cost = (self.cost or 0.0) + cost_of(transcript, trial, prices)
        return replace(
            self,
            asked=self.asked + 1,
            retries=self.retries + transcript.retries,
            waited_seconds=self.waited_seconds + transcript.waited_seconds,
            read=self.read + (transcript.prompt_tokens or 0),
            written=self.written + (transcript.completion_tokens or 0),
            cost=cost,
        )


Watch = Callable[[Progress], None]
