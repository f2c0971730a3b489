"""What every target promises."""

from types import TracebackType
from typing import Protocol, Self

from demur.records.transcript import Transcript
from demur.records.trial import Trial


class Target(Protocol):
    """A deployment that can be asked one trial.

    Promises:
        * Entered as an async context manager before the first trial. Entering fails
          with an `InputError` if no trial could succeed.
        * The response is returned exactly as received: not trimmed, not
          repaired, never retried because of what it says.
        * What a filter or guardrail withheld is a `Block` in the transcript.
        * A failure raises a `TargetError`. It is never turned into text,
          because text would be judged. A failure that every trial would meet
          raises `TargetDeniedError`, which stops the run.
        * Calls may overlap.
    """

    @property
    def settings(self) -> dict[str, str]:
        """What identifies it and how it is asked. Never holds a key."""
        ...

    @property
    def concurrency(self) -> int:
        """How many trials at once serve it well."""
        ...

    async def __aenter__(self) -> Self:
        """Connect or load."""
        ...

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let go of what was held."""
        ...

    async def ask(self, trial: Trial) -> Transcript:
        """Ask the trial and wait for the whole response."""
        ...
