"""What it takes to see something, and whether a suite has it."""

from dataclasses import dataclass
from enum import StrEnum


class Aim(StrEnum):
    """What somebody wants a run to show."""

    AT_MOST = "at most"  # that a rate is within a limit
    CHANGE = "change"  # that a rate differs between two runs
    GAP = "gap"  # that a rate differs between a deployment and general


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumed:
    """What a plan takes for granted, because nobody has asked yet.

    Attributes:
        power: Chance to see what is there, in (0, 1).
        error: Chance to see it if it is not there, in (0, 0.5).
        rate: What a rate is that is to be shown within a limit; None for two plans,
            one with 0 and one with half of the limit.
        flips: Share of trials that change by chance, each way, between two runs or
            between a deployment and general.
        correlation: Between two trials of a family, in [0, 1].
        sample_correlation: Between two samples of a trial; at least as much.
        samples: How often each trial is asked.
    """

    power: float = 0.9
    error: float = 0.05
    rate: float | None = None
    flips: float = 0.02
    correlation: float = 0.5
    sample_correlation: float = 0.8
    samples: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What it takes to see one thing, and what a suite has for it.

    Attributes:
        aim: What kind of thing.
        size: The limit, the change or the gap; a proportion.
        measure: What is measured.
        of: The part of the suite that it is measured on, in words.
        rate: What the rate is taken to be, for a limit; None for the others.
        families: How many it takes, with the samples assumed; None if more than ten
            million.
        has: How many the suite has.
        trials: How many the suite has, or pairs of them, with the samples assumed.
        samples: Fewest samples of each trial with which the suite's families are
            enough; None if a hundred are not.
        sees: The least limit, change or gap that the suite's families can show with
            the samples assumed; None if none.
    """

    aim: Aim
    size: float
    measure: str
    of: str
    rate: float | None
    families: int | None
    has: int
    trials: int
    samples: int | None
    sees: float | None

    @property
    def is_met(self) -> bool:
        """Whether the suite is large enough as it is to be asked."""
        return self.families is not None and self.families <= self.has
