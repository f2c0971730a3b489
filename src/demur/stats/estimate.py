"""The only form in which an uncertain number exists."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A value with its interval.

    Attributes:
        value: The point estimate: a proportion, or a difference of two.
        low: Lower bound of the interval.
        high: Upper bound of the interval.
        level: Confidence level, in (0, 1).
        method: Which method made the interval.

    Assumes:
        What its method assumes.

    Source:
        None: a record.

    Checked:
        It refuses bounds that do not hold the value.
    """

    value: float
    low: float
    high: float
    level: float
    method: str

    def __post_init__(self) -> None:
        if not self.low <= self.value <= self.high:
            raise ValueError(
                f"value {self.value} is outside of [{self.low}, {self.high}]"
            )
