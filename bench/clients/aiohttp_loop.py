"""Bare aiohttp: the least that a Python program does for an answer."""

import asyncio
import json
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import aiohttp

from bench.clients.base import Command, Job


class AiohttpLoop:
    """Sends, reads, parses and forgets. The yardstick."""

    name = "bare aiohttp"

    def set_up(self) -> str:
        """Here always: demur stands on it too."""
        return f"aiohttp {version('aiohttp')}"

    def command(self, job: Job) -> Command:
        """This file, as a program."""
        words = (sys.executable, "-m", "bench.clients.aiohttp_loop", job.url)
        return Command(
            words=(*words, str(job.conversations), str(job.concurrency)),
            environment={},
        )


async def _ask(url: str, lines: Iterator[str], concurrency: int) -> None:
    connector = aiohttp.TCPConnector(limit=0)
    async with (
        aiohttp.ClientSession(connector=connector) as session,
        asyncio.TaskGroup() as tasks,
    ):
        for _ in range(concurrency):
            tasks.create_task(_work(session, f"{url}/chat/completions", lines))


async def _work(session: aiohttp.ClientSession, url: str, lines: Iterator[str]) -> None:
    for line in lines:
        body = {"model": "m", "messages": json.loads(line)}
        async with session.post(url, json=body) as response:
            reply = json.loads(await response.read())
        assert reply["choices"][0]["message"]["content"]


def main() -> None:
    """Ask every conversation of a file."""
    url, file, concurrency = sys.argv[1:]
    lines = Path(file).read_text(encoding="utf-8").splitlines()
    asyncio.run(_ask(url, iter(lines), int(concurrency)))


if __name__ == "__main__":
    main()
