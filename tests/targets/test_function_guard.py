"""Tests of demur.targets.function_guard."""

import asyncio
import threading
import time
from typing import Any

import pytest

from demur.errors import TargetError, TargetServerError
from demur.targets.function_guard import FunctionGuard
from demur.targets.guard import Stop


def is_long(text: str) -> bool:
    """A plain scorer."""
    return len(text) > 3


async def is_long_later(text: str) -> bool:
    """An async one."""
    await asyncio.sleep(0)
    return is_long(text)


def repeats(text: str, *, request: str) -> dict[str, object]:
    """One that wants to know what was asked."""
    return {"flagged": text == request, "reason": f"repeats {request}"}


def check(function: Any, text: str, seconds: float = 5.0) -> Stop | None:
    """What a guard of this function says."""

    async def once() -> Stop | None:
        guard = FunctionGuard(function, "python:m:f", timeout_seconds=seconds)
        async with guard:
            return await guard.check(text, "How?")

    return asyncio.run(once())


def is_long_soon(text: str) -> Any:
    """A plain one that hands on an async one's promise."""
    return is_long_later(text)


@pytest.mark.parametrize("function", [is_long, is_long_later, is_long_soon])
def test_a_function_is_asked_plain_or_async(function: Any) -> None:
    """Both are common."""
    assert check(function, "long") == Stop()
    assert check(function, "no") is None


def test_a_function_that_takes_the_request_gets_it() -> None:
    """An answer may only be understood with its question."""
    assert check(repeats, "How?") == Stop(reason="repeats How?")
    assert check(repeats, "So.") is None


def test_plain_functions_run_beside_one_another() -> None:
    """Two that wait for each other both come back."""
    both = threading.Barrier(2, timeout=5)

    def waits(text: str) -> bool:
        both.wait()
        return text == "a"

    async def once() -> list[Stop | None]:
        guard = FunctionGuard(waits, "g")
        return list(await asyncio.gather(guard.check("a", ""), guard.check("b", "")))

    assert asyncio.run(once()) == [Stop(), None]


def raises(error: BaseException) -> Any:
    """A function that raises this."""

    def function(_: str) -> bool:
        raise error

    return function


async def sleeps(_: str) -> bool:
    """One that never comes back."""
    await asyncio.sleep(60)
    return True


@pytest.mark.parametrize(
    ("function", "kind", "said"),
    [
        pytest.param(
            raises(KeyError("x")), "TargetRejectedError", "KeyError: 'x'", id="error"
        ),
        pytest.param(
            raises(StopIteration()), "TargetRejectedError", "StopIter", id="iteration"
        ),
        pytest.param(
            raises(SystemExit(3)), "TargetRejectedError", "SystemExit: 3", id="exit"
        ),
        pytest.param(
            raises(TargetServerError("busy")), "TargetServerError", "busy", id="ours"
        ),
        pytest.param(lambda _: None, "TargetReplyError", "says neither", id="nothing"),
        pytest.param(
            lambda: True, "TargetRejectedError", "TypeError", id="no argument"
        ),
        pytest.param(
            lambda _: time.sleep(2), "TargetTimeoutError", "no word", id="hangs"
        ),
        pytest.param(sleeps, "TargetTimeoutError", "no word", id="hangs, async"),
    ],
)
def test_a_function_that_fails_lets_nothing_through(
    function: Any, kind: str, said: str
) -> None:
    """The trial fails; nobody waits for a function that hangs."""
    started = time.monotonic()

    with pytest.raises(TargetError, match=said) as caught:
        check(function, "text", seconds=0.2)

    assert type(caught.value).__name__ == kind
    assert time.monotonic() - started < 1.5


def test_another_threshold_or_code_is_another_guard() -> None:
    """They decide the run, so they are recorded."""
    settings = FunctionGuard(is_long, "g", threshold=0.8).settings

    assert settings["threshold"] == "0.8"
    assert len(settings["code"]) == 16
    assert FunctionGuard(len, "g").settings["code"] == ""
