"""Tests of demur.targets.function."""

import asyncio
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
    """Its own TimeoutError counts as one as well."""

    async def slow(_: list[dict[str, str]]) -> str:
        await asyncio.sleep(60)
        return ""

    with pytest.raises(TargetTimeoutError, match="no answer in 0 s"):
        ask(slow, timeout_seconds=0.05)


def test_calls_overlap() -> None:
    """Ten that sleep 0.1 s each end long before 1 s."""

    def answer(_: list[dict[str, str]]) -> str:
        time.sleep(0.1)
        return "Yes."

    async def call() -> list[Transcript]:
        target = FunctionTarget("shop:answer", answer)
        return await asyncio.gather(*(target.ask(make_trial()) for _ in range(10)))

    assert [t.response for t in asyncio.run(asyncio.wait_for(call(), 0.9))] == [
        "Yes."
    ] * 10
