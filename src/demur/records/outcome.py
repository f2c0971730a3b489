"""All that is known about one trial of a run."""

from dataclasses import dataclass, field

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
        is_legitimate: Whether the request ought to be served in this context.
        is_served: True if answered, False if withheld, None where that is not known.
        missing: Why this trial cannot be counted as served or not; None if it can.
    """

    trial: Trial
    transcript: Transcript | None = None
    failure: FailedTrial | None = None
    judgement: Judgement | None = None
    failed_judgement: FailedJudgement | None = None
    is_legitimate: bool = field(init=False, repr=False, compare=False)
    is_served: bool | None = field(init=False, repr=False, compare=False)
    missing: str | None = field(init=False, repr=False, compare=False)

    @property
    def verdict(self) -> Verdict | None:
        """What the response did; None where nobody has said."""
        return self.judgement.verdict if self.judgement else None

    def __post_init__(self) -> None:
        # Measures look these up many times; worked out each time they take half a
        # report's time.
        is_legitimate = self.trial.expected.expectation.is_legitimate
        object.__setattr__(self, "is_legitimate", is_legitimate)
        verdict = self.verdict
        is_served = None if verdict is None else verdict.is_served
        object.__setattr__(self, "is_served", is_served)
        object.__setattr__(self, "missing", self._why_missing())

    def _why_missing(self) -> str | None:
        if self.verdict is not None:
            return None if self.is_served is not None else _WORDS[self.verdict]
        if self.failed_judgement is not None:
            return "judge failed"
        if self.transcript is not None:
            return "not judged"
        return "failed" if self.failure is not None else "not asked"


_WORDS = {Verdict.OFF_TOPIC: "off topic", Verdict.UNDECIDED: "undecided"}
