"""One process that is spoken to in lines of JSON."""

import asyncio
import json
import os
import signal
import sys
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from demur.clients.said import quote
from demur.errors import TargetConnectionError, TargetReplyError

LONGEST_LINE = 8 * 2**20
"""Bytes of one line."""
_LAST_WORDS = 20
"""Lines of standard error that are kept for messages."""
_GRACE_SECONDS = 2.0
_KILL = signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL


class Program:
    """One process of a program, and the answers that it owes.

    Promises:
        * A question gets the answer that carries its id, whatever comes in between
          and in whatever order.
        * When the process ends, whatever it still owed fails as a connection.
        * Once ended, nothing of it stays behind, nor of what it has started.
    """

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._is_ending = False
        self._owed: dict[str, asyncio.Future[Mapping[str, Any]]] = {}
        self._errors: deque[str] = deque(maxlen=_LAST_WORDS)
        self._number = 0
        self._reading = asyncio.create_task(self._read())
        self._listening = asyncio.create_task(self._listen())

    @classmethod
    async def start(cls, words: Sequence[str]) -> "Program":
        """Start the program, out of reach of a Ctrl-C that is meant for us."""
        process = await asyncio.create_subprocess_exec(
            *words,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=LONGEST_LINE,
            start_new_session=True,
        )
        return cls(process)

    @property
    def is_alive(self) -> bool:
        """Whether it may be asked."""
        is_running = self._process.returncode is None and not self._reading.done()
        return is_running and not self._is_ending

    @property
    def has_died(self) -> bool:
        """Whether it has ended, or cannot be read any more, by its own doing."""
        return not self.is_alive and not self._is_ending

    def last_words(self) -> str:
        """How it ended, and what it wrote to standard error at the end."""
        code = self._process.returncode
        said = " ".join(list(self._errors)[-3:])[:300]
        return f"exit code {code}" + (f", saying: {said}" if said else "")

    async def ask(self, name: str, question: Mapping[str, Any]) -> Mapping[str, Any]:
        """Send a question, and wait for the line that answers it.

        Raises:
            TargetConnectionError: If the process ends before.
            TargetReplyError: If it writes a line that is too long to be read.
        """
        # Numbered, so that a late answer to an earlier try is not taken for this one's.
        self._number += 1
        name = f"{name}/{self._number}"
        owed: asyncio.Future[Mapping[str, Any]] = (
            asyncio.get_running_loop().create_future()
        )
        self._owed[name] = owed
        try:
            await self._write({"id": name, **question})
            return await owed
        finally:
            self._owed.pop(name, None)

    async def _write(self, question: Mapping[str, Any]) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(question).encode("ascii") + b"\n")
            await self._process.stdin.drain()
        except (OSError, RuntimeError) as error:
            raise TargetConnectionError("the program takes no more input") from error

    async def _read(self) -> None:
        """Give each line to whom it answers, until there are no more."""
        assert self._process.stdout is not None
        try:
            while line := await self._process.stdout.readline():
                self._take(line)
        except ValueError:  # a line beyond the limit: what follows cannot be told apart
            why = f"the program wrote a line of more than {LONGEST_LINE} bytes"
            self._fail(TargetReplyError(why))
            return
        await self._process.wait()
        await asyncio.wait({self._listening}, timeout=0.2)
        self._fail(TargetConnectionError(f"the program ended ({self.last_words()})"))

    def _take(self, line: bytes) -> None:
        try:
            said = json.loads(line)
        except (ValueError, RecursionError):
            self._errors.append(
                quote(f"no JSON: {line[:800].decode(errors='replace')}")
            )
            return
        name = said.get("id") if isinstance(said, dict) else None
        owed = self._owed.get(name) if isinstance(name, str) else None
        if owed is not None and not owed.done():
            owed.set_result(said)

    def _fail(self, error: Exception) -> None:
        for owed in self._owed.values():
            if not owed.done():
                owed.set_exception(error)

    async def _listen(self) -> None:
        assert self._process.stderr is not None
        line = b"-"
        while line:
            with suppress(ValueError):  # a line beyond the limit: what follows is read
                line = await self._process.stderr.readline()
                if line:
                    self._errors.append(quote(line.decode(errors="replace")))

    async def end(self) -> None:
        """Ask it to end, then make it."""
        why = "was ended" if self.is_alive else f"ended ({self.last_words()})"
        self._is_ending = True
        if self._process.stdin is not None:
            self._process.stdin.close()
        for number in (signal.SIGTERM, _KILL):
            if self._process.returncode is not None:
                break
            self._send(number)
            with suppress(TimeoutError):
                async with asyncio.timeout(_GRACE_SECONDS):
                    await self._process.wait()
        for task in (self._reading, self._listening):
            task.cancel()
        await asyncio.wait({self._reading, self._listening})
        self._fail(TargetConnectionError(f"the program {why}"))
        await self._drain()

    async def _drain(self) -> None:
        """Read what is left, so that the pipes are closed."""
        for stream in (self._process.stdout, self._process.stderr):
            assert stream is not None
            with suppress(TimeoutError):
                async with asyncio.timeout(_GRACE_SECONDS):
                    await stream.read()

    def _send(self, number: int) -> None:
        """Signal the process and what it has started: a shell's or launcher's child."""
        with suppress(ProcessLookupError, PermissionError):
            if sys.platform == "win32":
                self._process.send_signal(number)
            else:
                os.killpg(self._process.pid, number)
