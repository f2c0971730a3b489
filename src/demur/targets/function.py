"""A Python function as a target."""

import asyncio
import inspect
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from demur.errors import DemurError, TargetRejectedError, TargetTimeoutError
from demur.records.transcript import Transcript
from demur.records.trial import Trial
from demur.targets.own_reply import messages_of, own_transcript
from demur.targets.wrapper import Ready
from demur.traffic.traffic import Traffic


@dataclass(slots=True)
class FunctionTarget(Ready):
    """Calls a function with a conversation; it returns the answer.

    It gets a list of ``{"role", "content"}`` and returns a text, or a mapping as in
    `demur.targets.own_reply`. An async function is awaited, any other runs in a thread.
    What it raises costs that trial.

    Attributes:
        name: As ``module:function``.
        function: The function.
        timeout_seconds: For one call. A thread cannot be ended: it goes on unheard.
        traffic: How many calls at once.
    """

    name: str
    function: Callable[..., Any] = field(repr=False)
    timeout_seconds: float = 120.0
    traffic: Traffic = field(default_factory=Traffic)

    @property
    def settings(self) -> dict[str, str]:
        """The function's name."""
        return {"function": self.name}

    @property
    def concurrency(self) -> int:
        """As many calls as the traffic lets through."""
        return self.traffic.concurrency

    async def ask(self, trial: Trial) -> Transcript:
        """Call the function."""
        sent = await self.traffic.call(lambda: self._call(trial))
        return sent.value

    async def _call(self, trial: Trial) -> Transcript:
        started = time.monotonic()
        try:
            async with asyncio.timeout(self.timeout_seconds):
                said = await self._result(messages_of(trial))
        except TimeoutError as error:
            waited = f"{self.timeout_seconds:.0f} s"
            raise TargetTimeoutError(f"no answer in {waited}") from error
        except DemurError:
            raise
        except Exception as error:
            raise TargetRejectedError(
                f"{self.name} raised {type(error).__name__}: {error}"
            ) from error
        return own_transcript(trial, said, time.monotonic() - started)

    async def _result(self, messages: list[dict[str, str]]) -> Any:
        if inspect.iscoroutinefunction(self.function):
            return await self.function(messages)
        result = await asyncio.to_thread(self.function, messages)
        return await result if inspect.isawaitable(result) else result
