"""Tests of the benchmark's provider."""

import asyncio
import json

import aiohttp
from bench.clients.base import plain_environment
from bench.provider import Seen, running_provider


async def _ask(url: str, count: int) -> list[str]:
    async with aiohttp.ClientSession() as session:

        async def one() -> str:
            async with session.post(f"{url}/chat/completions", json={}) as response:
                body = json.loads(await response.read())
            return str(body["choices"][0]["message"]["content"])

        return await asyncio.gather(*(one() for _ in range(count)))


def _run(latency_seconds: float, *waves: int) -> tuple[list[str], Seen]:
    """Wave after wave of requests at once; all answers, and what was seen."""
    with running_provider(latency_seconds, plain_environment()) as provider:
        answers = [
            text for wave in waves for text in asyncio.run(_ask(provider.url, wave))
        ]
        return answers, provider.seen()


def test_it_counts_what_came_and_how_many_were_in_flight_at_once() -> None:
    """A client that keeps fewer in flight than it was told is to show."""
    answers, seen = _run(0.2, 7, 3)

    assert (seen.requests, seen.answered, seen.peak) == (10, 10, 7)
    assert len(answers) == 10


def test_no_answer_comes_before_its_latency_is_over() -> None:
    """Else the limit that the table states would not be one."""
    _, seen = _run(0.2, 2, 2)

    assert seen.asking_seconds >= 0.4


def test_no_two_answers_are_alike() -> None:
    """Whoever remembers a text would else be judged faster than he is."""
    answers, _ = _run(0.0, 45)

    assert len(set(answers)) == 45
    assert all(len(text) >= 30 for text in answers)
