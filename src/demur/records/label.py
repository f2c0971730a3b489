"""What two people expect of one trial, the second without knowing the first."""

from dataclasses import dataclass

from demur.records.case import Expectation


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What two people expect of one trial.

    Attributes:
        trial: ``case@context``.
        words: Digest of what the second labeller saw.
        first: The author's expectation when it was labelled.
        second: The second labeller's.
    """

    trial: str
    words: str
    first: Expectation
    second: Expectation

    @property
    def case(self) -> str:
        """The case's id."""
        return self.trial.partition("@")[0]
