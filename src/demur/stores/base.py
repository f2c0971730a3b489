"""What every store promises, and every place that may hold one."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from demur.records.outcome import Outcome
from demur.records.run import RunHeader
from demur.records.suite import Suite
from demur.records.transcript import FailedTrial, Transcript
from demur.records.verdict import FailedJudgement, Judgement

Record = Transcript | FailedTrial | Judgement | FailedJudgement
"""What is added to a run while it goes on."""

WAIT_SECONDS = 10.0
"""How long a transaction waits for another's to end, unless told otherwise."""


class Store(Protocol):
    """Records of runs. They are added and read, never changed.

    Promises:
        * A record that `add` has returned from survives the death of this process.
        * A trial has at most one transcript, and one judgement from each judge.
        * Records are read back exactly as they were added, whatever text they hold.
        * Any thread may call it.
    """

    def close(self) -> None:
        """Let go of it. What was added stays."""
        ...

    def check_writable(self) -> None:
        """Raise what an `add` would raise, before there is anything to lose.

        Raises:
            InputError: If we may not write to it, or another program keeps us out.
            StoreError: If it cannot be written.
        """
        ...

    def start_run(self, header: RunHeader, suite: Suite) -> None:
        """Keep a run's header, and its suite unless it is kept already."""
        ...

    def runs(self) -> Sequence[RunHeader]:
        """Every run's header, oldest first."""
        ...

    def add(self, run_id: str, records: Iterable[Record]) -> None:
        """Add records to a run, all or none of them.

        A judge's further judgement of a trial is passed over: the first one stays. A
        second transcript of a trial is an error.

        Raises:
            StoreError: If they cannot be kept; then none of them is.
        """
        ...

    def outcomes(self, run_id: str, judge: str) -> Sequence[Outcome]:
        """Every trial of a run with what is known of it, in the suite's order.

        Args:
            run_id: The run.
            judge: Name of the judge whose judgements are wanted.
        """
        ...


class StorePlace(Protocol):
    """A file or a server's database that holds a store, or may come to hold one.

    Each method may raise an `InputError` if it cannot be reached or is something else.
    """

    @property
    def shown(self) -> str:
        """What messages call it. Never holds a password."""
        ...

    def check(self) -> None:
        """Raise what the making of a store would raise. Writes nothing."""
        ...

    def exists(self) -> bool:
        """Whether something is there already, a store or not. Writes nothing."""
        ...

    def open(
        self,
        version: str,
        *,
        is_new_allowed: bool = True,
        wait_seconds: float = WAIT_SECONDS,
    ) -> Store:
        """The store, to be closed by the caller.

        Args:
            version: Of demur, noted in a new store.
            is_new_allowed: Whether one that is not there may be made.
            wait_seconds: How long to wait for another's transaction to end.

        Raises:
            InputError: If it is not there and may not be made, or is no store.
            StoreVersionError: If a newer demur wrote it.
            StoreInUseError: If it stays locked for longer than the wait.
            StoreError: If it cannot be read or made.
        """
        ...

    def sole_writer(
        self,
        key: str,
        command: str,
        started: str,
        *,
        wait_seconds: float,
        on_wait: Callable[[str], None],
    ) -> AbstractContextManager[None]:
        """Keep others from asking what we ask; ends with us, however we end.

        Args:
            key: Of the plan that we follow. A place may keep out all writers, or only
                those that follow the same plan.
            command: What this process is doing, for others to read.
            started: Since when, for others to read.
            wait_seconds: How long to wait for whoever is before us.
            on_wait: Told once who that is.

        Raises:
            StoreInUseError: If he is still there after the wait; says who.
        """
        ...
