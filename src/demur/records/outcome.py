"""All that is known about one trial of a run."""

from dataclasses import dataclass

from demur.records.transcript import FailedTrial, Transcript
from demur.records.trial import Trial
from demur.records.verdict import FailedJudgement, Judgement, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A trial and what became of it, so far.

    Attributes:
        trial: What was asked, or is still to be asked.
        transcript: What came back; None if nothing did.
        failure: The latest failure, where no transcript ever came.
        judgement: One judge's verdict on the transcript; None if not judged.
        failed_judgement: Where that judge broke on the transcript.
    """

    trial: Trial
    transcript: Transcript | None = None
    failure: FailedTrial | None = None
    judgement: Judgement | None = None
    failed_judgement: FailedJudgement | None = None

    @property
    def verdict(self) -> Verdict | None:
        """What the response did; None where nobody has said."""
        return self.judgement.verdict if self.judgement else None

    @property
    def is_legitimate(self) -> bool:
        """Whether the request ought to be served in this context."""
        return self.trial.expected.expectation.is_legitimate

    @property
    def is_served(self) -> bool | None:
        """True if answered, False if withheld, None where that is not known."""
        return self.verdict.is_served if self.verdict else None

    @property
    def missing(self) -> str | None:
        """Why this trial cannot be counted as served or not; None if it can."""
        if self.verdict is not None:
            return None if self.is_served is not None else _WORDS[self.verdict]
        if self.failed_judgement is not None:
            return "judge failed"
        if self.transcript is not None:
            return "not judged"
        return "failed" if self.failure is not None else "not asked"


_WORDS = {Verdict.OFF_TOPIC: "off topic", Verdict.UNDECIDED: "undecided"}
