"""A run with its outcomes under one judge: what reports are made from."""

from collections.abc import Sequence
from dataclasses import dataclass

from demur.records.outcome import Outcome
from demur.records.run import RunHeader


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedRun:
    """A run with its outcomes under one judge."""

    header: RunHeader
    outcomes: Sequence[Outcome]
    judge: str

    @property
    def label(self) -> str:
        """Target and run, to tell two runs apart."""
        return f"{self.header.target} ({self.header.id})"
