"""Tests of demur.targets.function."""

import asyncio
import threading
import time
from typing import Any

import pytest
from tests.makers import make_trial

from demur.errors import TargetError, TargetRejectedError, TargetTimeoutError
from demur.records.transcript import Transcript
from demur.targets.function import FunctionTarget
from demur.traffic.retry import Retry
from demur.traffic.traffic import Traffic

ONCE = Retry(tries=1)


def ask(function: Any, timeout_seconds: float = 20.0) -> Transcript:
    """What the function's target says of a trial."""

    async def call() -> Transcript:
        target = FunctionTarget(
            "shop:answer", function, timeout_seconds, Traffic(retry=ONCE)
        )
        async with target:
            return await target.ask(make_trial())

    return asyncio.run(call())


def test_a_plain_function_is_called_with_the_conversation() -> None:
    """In a thread, so that others go on meanwhile."""

    def answer(messages: list[dict[str, str]]) -> str:
        return f"You said: {messages[-1]['content']}"

    assert ask(answer).response == "You said: How do I reset a lock?"


def test_an_async_function_is_awaited() -> None:
    """In demur's own loop: it may hold a session of its own."""

    async def answer(_: list[dict[str, str]]) -> dict[str, object]:
        await asyncio.sleep(0)
        return {"response": "Yes.", "model": "m-1"}

    transcript = ask(answer)

    assert (transcript.response, transcript.model) == ("Yes.", "m-1")


def test_an_object_with_an_async_call_is_awaited_too() -> None:
    """It does not look like an async function, and what it returns is one's result."""

    class Bot:
        async def __call__(self, _: list[dict[str, str]]) -> str:
            return "Yes."

    assert ask(Bot()).response == "Yes."


def test_what_the_function_raises_costs_that_trial() -> None:
    """Named with its type, and not sent again: it is a bug, or a decision."""

    def answer(_: list[dict[str, str]]) -> str:
        raise LookupError("no such shelf")

    with pytest.raises(TargetRejectedError) as caught:
        ask(answer)

    assert str(caught.value) == "shop:answer raised LookupError: no such shelf"


def test_a_failure_in_demurs_own_words_is_taken_as_it_is() -> None:
    """So a function can say that trying again may help."""

    def answer(_: list[dict[str, str]]) -> str:
        raise TargetTimeoutError("the shelf is slow")

    with pytest.raises(TargetError, match="the shelf is slow") as caught:
        ask(answer)

    assert caught.value.is_transient


def test_a_function_that_takes_too_long_is_a_timeout() -> None:
    """It may be slow by chance, so it is called again."""

    async def slow(_: list[dict[str, str]]) -> str:
        await asyncio.sleep(60)
        return ""

    with pytest.raises(TargetTimeoutError, match="no answer in 0 s"):
        ask(slow, timeout_seconds=0.05)


def ask_many(function: Any, count: int) -> list[Transcript]:
    """What it says of so many trials, all of them under way at once."""

    async def call() -> list[Transcript]:
        target = FunctionTarget("shop:answer", function, 20.0, Traffic(concurrency=99))
        return await asyncio.gather(*(target.ask(make_trial()) for _ in range(count)))

    return asyncio.run(call())


def test_calls_overlap_however_few_processors_there_are() -> None:
    """Each has a thread of its own: all of them meet before one returns."""
    meeting = threading.Barrier(64)

    def answer(_: list[dict[str, str]]) -> str:
        meeting.wait(timeout=10)
        return "Yes."

    assert [t.response for t in ask_many(answer, 64)] == ["Yes."] * 64


def test_a_plain_function_that_hangs_keeps_nobody_from_ending() -> None:
    """Its thread is left behind; the loop does not wait for it."""
    forever = threading.Event()
    began = time.monotonic()

    with pytest.raises(TargetTimeoutError):
        ask(lambda _: forever.wait(30), timeout_seconds=0.05)

    assert time.monotonic() - began < 10
    forever.set()


@pytest.mark.parametrize("error", [SystemExit("no config"), StopIteration("end")])
@pytest.mark.parametrize("is_async", [False, True], ids=["plain", "async"])
def test_a_function_cannot_end_the_run(error: BaseException, *, is_async: bool) -> None:
    """A library that calls sys.exit() costs one trial, not all."""

    def answer(_: list[dict[str, str]]) -> str:
        raise error

    async def later(messages: list[dict[str, str]]) -> str:
        return answer(messages)

    with pytest.raises(TargetRejectedError, match=type(error).__name__):
        ask(later if is_async else answer)


def test_a_timeout_of_the_functions_own_is_told_as_what_it_raised() -> None:
    """Our own patience did not end: its message would be untrue."""

    async def answer(_: list[dict[str, str]]) -> str:
        raise TimeoutError("the shelf")

    with pytest.raises(TargetRejectedError, match="raised TimeoutError: the shelf"):
        ask(answer)


def test_a_failure_is_told_in_one_short_line() -> None:
    """Messages are stored for every failed trial and shown in a terminal."""

    def answer(_: list[dict[str, str]]) -> str:
        raise ValueError("long\n" * 100_000)

    with pytest.raises(TargetRejectedError) as caught:
        ask(answer)

    assert len(str(caught.value)) < 300
    assert "\n" not in str(caught.value)


def test_the_record_tells_the_tries_and_the_whole_time() -> None:
    """It fails once, is called again after a wait, and that is in the transcript."""
    said = iter([{"error": "busy", "transient": True}, "Yes."])
    target = FunctionTarget("shop:answer", lambda _: next(said))

    transcript = asyncio.run(target.ask(make_trial()))

    assert (transcript.response, transcript.retries) == ("Yes.", 1)
    assert transcript.seconds >= transcript.waited_seconds > 0.2
