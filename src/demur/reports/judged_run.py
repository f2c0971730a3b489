"""A run with its outcomes under one judge: what reports are made from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from demur.records.outcome import Outcome
from demur.records.run import RunHeader


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedRun:
    """A run with its outcomes under one judge.

    Attributes:
        header: The run.
        outcomes: Its trials, in the suite's order.
        judge: Name of the judge.
        members: The same trials under each judge of a panel, by the member's name;
            empty where the judge is no panel.
    """

    header: RunHeader
    outcomes: Sequence[Outcome]
    judge: str
    members: Mapping[str, Sequence[Outcome]] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """Target and run, to tell two runs apart."""
        return f"{self.header.target} ({self.header.id})"
