"""What people say that responses did, and how likely each response was to be drawn."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnLabel:
    """What a person says of one response that was drawn to be labelled.

    Attributes:
        trial_id: The trial whose response was read.
        is_served: Whether the request was served; None where the person says neither:
            off topic, or not to be told.
        probability: With which this response was to be labelled, in (0, 1]; those
            drawn and never labelled are allowed for.
    """

    trial_id: str
    is_served: bool | None
    probability: float

    def __post_init__(self) -> None:
        if not 0 < self.probability <= 1:
            raise ValueError(f"probability must be in (0, 1], got {self.probability}")


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnLabels:
    """The labels of responses drawn from one run.

    Attributes:
        source: What the user calls the file that they stand in.
        labels: One for each trial labelled, in the order of the file.
        empty: How many responses were drawn and not labelled.
    """

    source: str
    labels: tuple[DrawnLabel, ...]
    empty: int = 0
