"""All calls to one server: how many, how fast, what is tried again, when to pause."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import numpy as np

from demur.errors import (
    TargetDownError,
    TargetError,
    TargetRateLimitError,
    TargetStoppedError,
)
from demur.traffic.breaker import Breaker
from demur.traffic.bucket import Bucket
from demur.traffic.limit import AdaptiveLimit
from demur.traffic.retry import Retry

T = TypeVar("T")

DEFAULT_CONCURRENCY = 16
"""Calls under way at once where nobody says: most servers take that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent(Generic[T]):
    """What a call came to.

    Attributes:
        value: The answer.
        retries: How often it was sent again before the answer came.
        waited_seconds: Time spent waiting: for rates, limits and before retries.
    """

    value: T
    retries: int
    waited_seconds: float


def _ignore(_: str) -> None:
    """Nobody wants to know."""


@dataclass(slots=True)
class Traffic:
    """Sends calls to one server as it can bear them.

    Attributes:
        concurrency: Most calls under way; fewer while the server says "too many".
        requests_per_minute: Most calls a minute, retries included; None: no limit.
        tokens_per_minute: Most tokens a minute, read and written; None: no limit.
        retry: How failures are tried again.
        breaker: When all calls are paused because everything fails.
        halt: Once set, calls that wait are given up, and those under way are not.
        notice: Told in a sentence when all calls are paused or slowed.
    """

    concurrency: int = DEFAULT_CONCURRENCY
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    retry: Retry = field(default_factory=Retry)
    breaker: Breaker = field(default_factory=Breaker)
    halt: asyncio.Event = field(default_factory=asyncio.Event, repr=False)
    notice: Callable[[str], None] = field(default=_ignore, repr=False)
    rng: np.random.Generator = field(default_factory=np.random.default_rng, repr=False)
    _limit: AdaptiveLimit = field(init=False, repr=False)
    _requests: Bucket | None = field(init=False, repr=False)
    _tokens: Bucket | None = field(init=False, repr=False)
    _resume_at: float = field(default=0.0, init=False, repr=False)
    _was_slowed: bool = field(default=False, init=False, repr=False)

    def __post_init__(self) -> None:
        self._limit = AdaptiveLimit(self.concurrency)
        rates = (self.requests_per_minute, self.tokens_per_minute)
        self._requests, self._tokens = (
            Bucket(rate) if rate else None for rate in rates
        )

    @property
    def allowed(self) -> int:
        """How many calls may be under way now."""
        return self._limit.allowed

    async def call(
        self, send: Callable[[], Awaitable[T]], tokens: float = 0.0
    ) -> Sent[T]:
        """Send a call, again where that may help.

        Args:
            send: Sends it once.
            tokens: What it will probably cost, for the rate; see `settle`.

        Raises:
            TargetError: The last failure, once the tries are used up, or the first
                that is not transient.
            TargetStoppedError: If the run was stopped while the call waited.
            TargetDownError: If the server is down for longer than our patience.
        """
        attempt = _Attempt(self.retry, self.rng)
        while True:
            begun = time.monotonic()
            is_probe = await self._or_halt(self.breaker.enter(), self.breaker.is_open)
            try:
                number = await self._or_halt(self._limit.enter(), self._limit.is_full)
                try:
                    await self._wait_for_rate(tokens)
                    attempt.has_waited(time.monotonic() - begun)
                    value = await send()
                except TargetError as error:
                    pause = self._failed(error, number, attempt)
                else:
                    self._succeeded()
                    return Sent(
                        value=value,
                        retries=attempt.retries,
                        waited_seconds=attempt.waited,
                    )
                finally:
                    self._limit.leave()
            finally:
                if is_probe:
                    self.breaker.leave()
            await self._sleep(pause)
            attempt.has_waited(pause)

    def settle(self, estimated: float, spent: float) -> None:
        """Tell what a call cost in tokens, of which an estimate was taken."""
        if self._tokens is not None:
            self._tokens.give_back(estimated - spent)

    def _succeeded(self) -> None:
        self._limit.grow()
        if self.breaker.succeeded():
            self.notice("The server answers again: going on.")

    def _failed(self, error: TargetError, number: int, attempt: "_Attempt") -> float:
        """The seconds to wait before the next try; raises where there is none."""
        if isinstance(error, TargetRateLimitError):
            return self._turned_away(error, number, attempt)
        if not error.is_transient:
            self.breaker.succeeded()  # it refused this one, so it is there
            raise error
        if self.breaker.failed(error):
            self.notice(f"Paused: every call fails. The last: {error}")
        if self.breaker.is_open:  # that is not this call's fault: it may try again
            attempt.retries += 1
            return 0.0
        return attempt.again_after(error)

    def _turned_away(
        self, error: TargetRateLimitError, number: int, attempt: "_Attempt"
    ) -> float:
        if self._limit.shrink(number) and not self._was_slowed:
            self._was_slowed = True
            self.notice(
                f"The server limits the rate ({error}): going slower, with "
                f"{self.allowed} calls at once instead of {self.concurrency}."
            )
        wait = attempt.turned_away(error)
        if error.retry_after_seconds is not None:
            self._resume_at = max(self._resume_at, time.monotonic() + wait)
            return 0.0  # all calls wait, so this one need not by itself
        return wait

    async def _wait_for_rate(self, tokens: float) -> None:
        """Wait until the rates and the server's own wish allow a call."""
        now = time.monotonic()
        wait = self._resume_at - now
        if self._requests is not None:
            wait = max(wait, self._requests.take(1, now))
        if self._tokens is not None:
            wait = max(wait, self._tokens.take(tokens, now))
        await self._sleep(wait)
        while (wait := self._resume_at - time.monotonic()) > 0:
            await self._sleep(wait)

    async def _sleep(self, seconds: float) -> None:
        if seconds > 0:
            await self._or_halt(asyncio.sleep(seconds), will_wait=True)

    async def _or_halt(self, wait: Coroutine[Any, Any, T], will_wait: bool) -> T:  # noqa: FBT001 # the two belong together
        """What is waited for, unless the run is stopped meanwhile."""
        if not will_wait:
            return await wait
        waiting = asyncio.ensure_future(wait)
        halted = asyncio.ensure_future(self.halt.wait())
        try:
            await asyncio.wait({waiting, halted}, return_when="FIRST_COMPLETED")
            if waiting.done():
                return waiting.result()
            raise TargetStoppedError("the run was stopped while this call waited")
        finally:
            halted.cancel()
            waiting.cancel()


class _Attempt:
    """How one answer has fared so far."""

    def __init__(self, retry: Retry, rng: np.random.Generator) -> None:
        self._retry = retry
        self._rng = rng
        self._failures = 0
        self._turned_away = 0
        self.retries = 0
        self.waited = 0.0

    def has_waited(self, seconds: float) -> None:
        """Count a wait; less than a millisecond is none."""
        self.waited += seconds if seconds >= 0.001 else 0.0

    def again_after(self, error: TargetError) -> float:
        """The seconds to wait after a failure; raises it if the tries are used up."""
        self._failures += 1
        if self._failures >= self._retry.tries:
            raise error
        self.retries += 1
        if error.retry_after_seconds is not None:
            self._check(error.retry_after_seconds, error)
            return error.retry_after_seconds
        return self._retry.wait_seconds(self._failures, self._rng)

    def turned_away(self, error: TargetRateLimitError) -> float:
        """The seconds to wait after "too many"."""
        self._turned_away += 1
        if self.waited > self._retry.patience_seconds:
            raise error
        self.retries += 1
        asked = error.retry_after_seconds
        if asked is None:
            return self._retry.wait_seconds(self._turned_away, self._rng)
        self._check(asked, error)
        return asked

    def _check(self, asked: float, error: TargetError) -> None:
        if asked > self._retry.patience_seconds:
            raise TargetDownError(
                f"the server asks us to wait {asked:.0f} s ({error}), which is longer "
                f"than the {self._retry.patience_seconds:.0f} s that we would"
            )
