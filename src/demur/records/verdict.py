"""What someone says that a response did with its request."""

from dataclasses import dataclass
from enum import StrEnum

from demur.records.transcript import Layer


class Verdict(StrEnum):
    """What the response did with the request. Defined in docs/glossary.md."""

    ANSWERED = "answered"
    PARTIAL = "partial"  # serves some of the request and declines some
    DEFLECTED = "deflected"  # no refusal words, and the request is not served
    REFUSED = "refused"
    BLOCKED = "blocked"  # a filter stopped it: known from the protocol
    OFF_TOPIC = "off_topic"  # garbled, empty, or answers something else
    UNDECIDED = "undecided"  # the judge read it and could not tell

    @property
    def is_served(self) -> bool | None:
        """True if answered, False if withheld, None where neither can be said."""
        if self is Verdict.ANSWERED:
            return True
        if self in {Verdict.OFF_TOPIC, Verdict.UNDECIDED}:
            return None
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """One judge's verdict on one transcript. Added to the store, never edited.

    A trial whose target failed has no transcript and therefore no judgement:
    "no answer" is missing data, not a refusal.

    Attributes:
        trial_id: The trial judged.
        judge: Name and version of the judge, e.g. ``"phrase@1"``.
        verdict: What the response did.
        layer: Who withheld the answer; None where it was served or cannot be known.
        p_not_served: The judge's chance that the request was not served, in [0, 1];
            None where it gives none. How good such chances are is measured against
            people's labels, by `demur judge-check`.
        language: Of the response, as the judge took it, such as ``en``; None where it
            does not say.
        evidence: The words of the response, or of the protocol, it rests on.
    """

    trial_id: str
    judge: str
    verdict: Verdict
    layer: Layer | None = None
    p_not_served: float | None = None
    language: str | None = None
    evidence: str = ""

    def __post_init__(self) -> None:
        if self.p_not_served is not None and not 0 <= self.p_not_served <= 1:
            raise ValueError(f"p_not_served must be in [0, 1], got {self.p_not_served}")


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedJudgement:
    """A judge that broke on a transcript. Not the same as one that cannot tell.

    Attributes:
        trial_id: The trial judged.
        judge: Name and version of the judge.
        error: Name of the error's class.
        message: What happened, for people.
    """

    trial_id: str
    judge: str
    error: str
    message: str
