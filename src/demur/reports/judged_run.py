"""A run with its outcomes under one judge: what reports are made from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from demur.records.drawn_label import DrawnLabels
from demur.records.outcome import Outcome
from demur.records.run import RunHeader


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedRun:
    """A run with its outcomes under one judge.

    Attributes:
        header: What identifies the run.
        outcomes: Its trials, and what became of them, in the suite's order.
        judge: Name and version of the judge.
        members: The same trials under each judge of a panel, by the member's name;
            empty where the judge is no panel.
        labels: What people say of a random part of the responses, if they were asked.
    """

    header: RunHeader
    outcomes: Sequence[Outcome]
    judge: str
    members: Mapping[str, Sequence[Outcome]] = field(default_factory=dict)
    labels: DrawnLabels | None = None

    @property
    def label(self) -> str:
        """Target and run, to tell two runs apart."""
        return f"{self.header.target} ({self.header.id})"
