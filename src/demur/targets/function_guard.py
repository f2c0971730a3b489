"""A guard that is a Python function of the user's own."""

import asyncio
import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from demur.clients.said import quote
from demur.errors import DemurError, TargetRejectedError, TargetTimeoutError
from demur.targets.guard import Stop
from demur.targets.in_thread import in_thread
from demur.targets.load_function import code_digest
from demur.targets.score import DEFAULT_THRESHOLD, read_score
from demur.targets.wrapper import Ready


@dataclass(frozen=True, slots=True)
class FunctionGuard(Ready):
    """Asks a function about each text.

    The function is called with the text, and with ``request=`` where it has a
    parameter of that name. A plain one runs in a thread, so several at once.

    Attributes:
        function: Plain or async; returns what `read_score` reads.
        name: As reports call it.
        threshold: The least score that stops.
        timeout_seconds: For one text.
    """

    function: Callable[..., Any] = field(repr=False)
    name: str
    threshold: float = DEFAULT_THRESHOLD
    timeout_seconds: float = 120.0

    @property
    def settings(self) -> dict[str, str]:
        """The threshold, and the code: another one is another guard."""
        return {"threshold": str(self.threshold), "code": code_digest(self.function)}

    async def check(self, text: str, request: str) -> Stop | None:
        """What the function says of the text.

        Raises:
            TargetTimeoutError: If it says nothing in time.
            TargetRejectedError: If it raises.
            TargetReplyError: If what it returns cannot be read.
        """
        more = {"request": request} if _takes_request(self.function) else {}
        value = await self._call(text, more)
        return read_score(value, self.threshold)

    async def _call(self, text: str, more: dict[str, str]) -> object:
        seconds = self.timeout_seconds
        try:
            return await asyncio.wait_for(_value(self.function, text, more), seconds)
        except TimeoutError as error:
            raise TargetTimeoutError(f"no word in {seconds:.0f} s") from error
        except DemurError:
            raise
        except Exception as error:
            said = quote(f"{type(error).__name__}: {error}")
            raise TargetRejectedError(said) from error


async def _value(
    function: Callable[..., Any], text: str, more: dict[str, str]
) -> object:
    if inspect.iscoroutinefunction(function):
        return await function(text, **more)
    value = await in_thread(lambda: function(text, **more))
    return await value if inspect.isawaitable(value) else value


def _takes_request(function: Callable[..., Any]) -> bool:
    try:
        return "request" in inspect.signature(function).parameters
    except (TypeError, ValueError):
        return False
