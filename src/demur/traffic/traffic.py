"""All calls to one server: how many, how fast, what is tried again, when to pause."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

import numpy as np

from demur.errors import (
    TargetError,
    TargetRateLimitError,
    TargetStoppedError,
)
from demur.traffic.attempt import Attempt
from demur.traffic.breaker import Breaker
from demur.traffic.bucket import Bucket
from demur.traffic.limit import AdaptiveLimit
from demur.traffic.retry import Retry
from demur.traffic.waits import Waits

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


class _Turn(NamedTuple):
    """A call that may be sent: its number, and whether it tries a server that fails."""

    number: int
    is_probe: bool


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
        halt: Once set, calls that wait are given up and nothing is sent again; what is
            under way goes on.
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
    _waits: Waits = field(init=False, repr=False)
    _requests: Bucket | None = field(init=False, repr=False)
    _tokens: Bucket | None = field(init=False, repr=False)
    _resume_at: float = field(default=0.0, init=False, repr=False)
    _was_slowed: bool = field(default=False, init=False, repr=False)

    def __post_init__(self) -> None:
        self._limit = AdaptiveLimit(self.concurrency)
        self._waits = Waits(self.halt)
        rates = (self.requests_per_minute, self.tokens_per_minute)
        self._requests, self._tokens = (
            None if rate is None else Bucket(rate) for rate in rates
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
        attempt = Attempt(self.retry, self.rng)
        while True:
            async with self._turn(tokens, attempt) as turn:
                try:
                    value = await send()
                except TargetError as error:
                    pause = self._failed(error, turn, attempt)
                else:
                    self._succeeded()
                    return Sent(
                        value=value,
                        retries=attempt.retries,
                        waited_seconds=attempt.waited,
                    )
            await self._waits.sleep(pause)
            self._waits.check()
            attempt.has_waited(pause)

    def settle(self, estimated: float, spent: float) -> None:
        """Tell what a call cost in tokens, of which an estimate was taken."""
        if self._tokens is not None:
            self._tokens.give_back(estimated - spent)

    def _succeeded(self) -> None:
        self._limit.grow()
        self._is_there()

    def _is_there(self) -> None:
        """The server did something with a call, whatever it was."""
        if self.breaker.succeeded():
            self.notice("The server answers again: going on.")

    def _failed(self, error: TargetError, turn: _Turn, attempt: Attempt) -> float:
        """The seconds to wait before the next try; raises where there is none."""
        if isinstance(error, TargetStoppedError):
            raise error  # that says nothing about the server
        if isinstance(error, TargetRateLimitError):
            self._is_there()
            return self._turned_away(error, turn, attempt)
        if not error.is_transient:
            self._is_there()  # it refused this one
            raise error
        if self.breaker.failed(error, is_probe=turn.is_probe):
            self.notice(f"Paused: every call fails. The last: {error}")
        if self.breaker.is_open:  # that is not this call's fault: it may try again
            attempt.retries += 1
            return 0.0
        return attempt.again_after(error)

    def _turned_away(
        self, error: TargetRateLimitError, turn: _Turn, attempt: Attempt
    ) -> float:
        if self._limit.shrink(turn.number) and not self._was_slowed:
            self._was_slowed = True
            self.notice(
                f"The server limits the rate ({error}): going slower, with "
                f"{self.allowed} calls at once instead of {self.concurrency}."
            )
        wait = attempt.turned_away(error)
        asked = error.retry_after_seconds
        if asked is None:
            return wait
        self._resume_at = max(self._resume_at, time.monotonic() + asked)
        return wait if wait > asked else 0.0  # all calls wait: it need not by itself

    @asynccontextmanager
    async def _turn(self, tokens: float, attempt: Attempt) -> AsyncIterator[_Turn]:
        """Wait until a call may be sent; what it held is free again afterwards."""
        begun = time.monotonic()
        await self._enter_limit()
        try:
            is_probe = await self._clear(tokens)
            attempt.has_waited(time.monotonic() - begun)
            try:
                yield _Turn(self._limit.begin(), is_probe)
            finally:
                if is_probe:
                    self.breaker.leave()
        finally:
            self._limit.leave()

    async def _enter_limit(self) -> None:
        if not self._limit.is_full:
            await self._limit.enter()
            return
        async with self._waits.until_halt():
            await self._limit.enter()

    async def _clear(self, tokens: float) -> bool:
        """Wait until nothing keeps a call back. Returns whether it is the probe."""
        is_probe = False
        try:
            while True:
                is_probe = is_probe or await self._enter_breaker()
                await self._waits.sleep(self._resume_at - time.monotonic())
                if await self._pay(tokens, is_probe=is_probe):
                    return is_probe
        except BaseException:
            if is_probe:
                self.breaker.leave()
            raise

    async def _enter_breaker(self) -> bool:
        if not self.breaker.is_open:
            return False
        async with self._waits.until_halt():
            return await self.breaker.enter()

    async def _pay(self, tokens: float, *, is_probe: bool) -> bool:
        """Wait for the rates. Whether nothing else came between meanwhile.

        What is not sent after all is not spent.
        """
        prices = ((self._requests, 1.0), (self._tokens, tokens))
        taken = [(bucket, price) for bucket, price in prices if bucket is not None]
        now = time.monotonic()
        wait = max((bucket.take(price, now) for bucket, price in taken), default=0.0)
        is_clear = False
        try:
            await self._waits.sleep(wait)
            is_paused = self.breaker.is_open and not is_probe
            is_clear = not is_paused and self._resume_at <= time.monotonic()
            return is_clear
        finally:
            if not is_clear:
                for bucket, price in taken:
                    bucket.give_back(price)
