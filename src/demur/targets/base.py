"""What every target promises."""

from typing import Protocol

from demur.clients.base import Service
from demur.records.transcript import Transcript
from demur.records.trial import Trial


class Target(Service, Protocol):
    """A deployment that can be asked one trial.

    Promises:
        * The response is returned exactly as received: not trimmed, not
          repaired, never retried because of what it says.
        * What a filter or guardrail withheld is a `Block` in the transcript.
        * A failure raises a `TargetError`. It is never turned into text,
          because text would be judged. A failure that every trial would meet
          raises `TargetDeniedError`, which stops the run.
        * Calls may overlap.
    """

    @property
    def concurrency(self) -> int:
        """How many trials at once serve it well."""
        ...

    async def ask(self, trial: Trial) -> Transcript:
        """Ask the trial and wait for the whole response."""
        ...
