"""What every store promises."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from demur.records.outcome import Outcome
from demur.records.run import RunHeader
from demur.records.suite import Suite
from demur.records.transcript import FailedTrial, Transcript
from demur.records.verdict import FailedJudgement, Judgement

Record = Transcript | FailedTrial | Judgement | FailedJudgement
"""What is added to a run while it goes on."""


class Store(Protocol):
    """Records of runs. They are added and read, never changed.

    Promises:
        * A record that `add` has returned from survives the death of this process.
        * A trial has at most one transcript, and one judgement from each judge.
        * Records are read back exactly as they were added, whatever text they hold.
    """

    def start_run(self, header: RunHeader, suite: Suite) -> None:
        """Keep a run's header and its suite, before anything is asked."""
        ...

    def runs(self) -> Sequence[RunHeader]:
        """Every run's header, oldest first."""
        ...

    def add(self, run_id: str, records: Iterable[Record]) -> None:
        """Add records to a run, all or none of them."""
        ...

    def outcomes(self, run_id: str, judge: str) -> Sequence[Outcome]:
        """Every trial of a run with what is known of it, in the suite's order.

        Args:
            run_id: The run.
            judge: Name of the judge whose judgements are wanted.
        """
        ...
