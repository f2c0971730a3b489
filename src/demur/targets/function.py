"""A Python function as a target."""

import asyncio
import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from demur.clients.said import quote
from demur.errors import DemurError, TargetRejectedError, TargetTimeoutError
from demur.records.transcript import Transcript
from demur.records.trial import Trial
from demur.targets.in_thread import in_thread
from demur.targets.load_function import code_digest
from demur.targets.own_reply import messages_of, own_transcript, whole
from demur.targets.wrapper import Ready
from demur.traffic.traffic import Traffic


@dataclass(slots=True)
class FunctionTarget(Ready):
    """Calls a function with a conversation; it returns the answer.

    It gets a list of ``{"role", "content"}`` and returns a text, or a mapping as in
    `demur.targets.own_reply`. An async function is awaited, any other runs in a thread
    of its own. What it raises costs that trial.

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
        """The function's name, and its code: another one is another target."""
        return {"function": self.name, "code": code_digest(self.function)}

    @property
    def concurrency(self) -> int:
        """As many calls as the traffic lets through."""
        return self.traffic.concurrency

    async def ask(self, trial: Trial) -> Transcript:
        """Call the function."""
        return await whole(self.traffic, lambda: self._call(trial))

    async def _call(self, trial: Trial) -> Transcript:
        limit = asyncio.timeout(self.timeout_seconds)
        try:
            async with limit:
                said = await self._result(messages_of(trial))
        except DemurError:
            raise
        except (Exception, SystemExit) as error:
            if limit.expired():
                waited = f"{self.timeout_seconds:.0f} s"
                raise TargetTimeoutError(f"no answer in {waited}") from error
            said = quote(f"{type(error).__name__}: {error}")
            raise TargetRejectedError(f"{self.name} raised {said}") from error
        return own_transcript(trial, said)

    async def _result(self, messages: list[dict[str, str]]) -> Any:
        if inspect.iscoroutinefunction(self.function):
            return await self.function(messages)
        result = await in_thread(lambda: self.function(messages))
        return await result if inspect.isawaitable(result) else result
