"""What a person says that a response did, beside what a judge says."""

from dataclasses import dataclass
from enum import StrEnum

from demur.records.exchange import Exchange
from demur.records.verdict import Judgement, Verdict


class ServedLabel(StrEnum):
    """A person's label that says no more than whether the request was served."""

    SERVED = "served"
    NOT_SERVED = "not-served"


HumanLabel = Verdict | ServedLabel
"""A verdict, or only whether the request was served."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """An exchange that a person has labelled.

    Attributes:
        exchange: The request and the response.
        label: What the person says.
        cluster: Exchanges that are not independent share it: by default the request.
        language: Of the response; None where the file does not say.
    """

    exchange: Exchange
    label: HumanLabel
    cluster: str
    language: str | None = None

    @property
    def is_served(self) -> bool | None:
        """What the label says; None if it says neither (off topic, undecided)."""
        if isinstance(self.label, Verdict):
            return self.label.is_served
        return self.label is ServedLabel.SERVED


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledJudgement:
    """A labelled exchange and what one judge says of it.

    Attributes:
        labelled: The exchange with its label.
        judgement: The judge's; None where the judge broke on it.
    """

    labelled: Labelled
    judgement: Judgement | None
