"""`demur run` beside a provider in this process."""

import asyncio
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from tests.clients.provider import Provider
from tests.ends.commands import environment


class Done(NamedTuple):
    """How a command ended."""

    code: int | None
    out: str
    err: str


class Server:
    """`demur run` in a folder against a provider in this process."""

    def __init__(self, folder: Path, provider: Provider) -> None:
        self._folder = folder
        self.provider = provider

    async def start(
        self, *words: str, stdin: int = asyncio.subprocess.DEVNULL
    ) -> asyncio.subprocess.Process:
        """The command, under way."""
        one = ("quickstart", "--field", "fiction", "--context", "general")
        whom = ("--target", "m", "--base-url", self.provider.url)
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "demur", "run", *one, *whom, *words),
            cwd=self._folder,
            env=environment(),
            stdin=stdin,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )

    async def run(self, *words: str) -> Done:
        """The command, to its end."""
        return await ended(await self.start(*words))

    async def is_asked(self, count: int) -> None:
        """Wait for a number of calls."""
        async with asyncio.timeout(20):
            while len(self.provider.calls) < count:
                await asyncio.sleep(0.005)


async def ended(process: asyncio.subprocess.Process) -> Done:
    """How a command ends, which it must within a time."""
    async with asyncio.timeout(30):
        out, err = await process.communicate()
    return Done(process.returncode, out.decode(), err.decode())


def stored(folder: Path) -> int:
    """How many transcripts another program finds."""
    with closing(sqlite3.connect(folder / "demur.sqlite")) as store:
        return int(store.execute("SELECT count(*) FROM transcripts").fetchone()[0])


def left_in(folder: Path) -> list[str]:
    """Names of the files in a folder."""
    return [path.name for path in folder.iterdir()]
