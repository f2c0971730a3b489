"""A program as a target: trials go in as JSON lines, answers come out as JSON lines."""

import asyncio
import json
import shlex
import time
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from demur.errors import (
    InputError,
    TargetConnectionError,
    TargetDeniedError,
    TargetReplyError,
    TargetTimeoutError,
)
from demur.records.transcript import Transcript
from demur.records.trial import Trial
from demur.targets.own_reply import messages_of, own_transcript
from demur.traffic.traffic import Traffic

_LONGEST_LINE = 8 * 2**20
_DEATHS = 3
"""Times that the program may end without having answered anything at all."""
_LAST_WORDS = 20
"""Lines of standard error that are kept for messages."""
_GRACE_SECONDS = 2.0


@dataclass(slots=True)
class CommandTarget:
    """Keeps one process of a program, and starts it again when it dies.

    Attributes:
        line: The command line, split as a shell would, but no shell runs.
        timeout_seconds: For one answer; the process is started anew after it.
        traffic: How many trials at once, and what is tried again.
    """

    line: str
    timeout_seconds: float = 120.0
    traffic: Traffic = field(default_factory=Traffic)
    _process: "_Process | None" = field(default=None, init=False, repr=False)
    _starting: asyncio.Lock = field(
        default_factory=asyncio.Lock, init=False, repr=False
    )
    _deaths: int = field(default=0, init=False, repr=False)

    @property
    def settings(self) -> dict[str, str]:
        """The command line."""
        return {"command": self.line}

    @property
    def concurrency(self) -> int:
        """As many trials as the traffic lets through."""
        return self.traffic.concurrency

    @property
    def _where(self) -> str:
        return f"--target command:{self.line}"

    async def __aenter__(self) -> Self:
        await self._live()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process is not None:
            await self._process.end()

    async def ask(self, trial: Trial) -> Transcript:
        """Hand the trial to the program and wait for its answer."""
        return (await self.traffic.call(lambda: self._ask(trial))).value

    async def _ask(self, trial: Trial) -> Transcript:
        process = await self._live()
        started = time.monotonic()
        try:
            async with asyncio.timeout(self.timeout_seconds):
                said = await process.ask(trial)
        except TimeoutError as error:
            await process.end()
            waited = f"{self.timeout_seconds:.0f} s"
            raise TargetTimeoutError(f"no answer in {waited}") from error
        self._deaths = 0
        return own_transcript(trial, said, time.monotonic() - started)

    async def _live(self) -> "_Process":
        """The process; started if it is not there, or not any more."""
        async with self._starting:
            if self._process is not None and self._process.is_alive:
                return self._process
            if self._process is not None:
                await self._process.end()
                self._deaths += 1
                if self._deaths >= _DEATHS:
                    raise TargetDeniedError(
                        self._where,
                        f"the program ended {self._deaths} times without an answer "
                        f"({self._process.last_words()})",
                        "Run it by hand and give it one line of JSON.",
                    )
            self._process = await self._start()
            return self._process

    async def _start(self) -> "_Process":
        try:
            return await _Process.start(shlex.split(self.line) or [""])
        except (OSError, ValueError) as error:
            hint = "Write command: and a program with its arguments, as in a shell."
            reason = getattr(error, "strerror", None) or str(error)
            raise InputError(self._where, f"cannot start ({reason})", hint) from error


class _Process:
    """One process of the program, and the answers that it owes."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._owed: dict[str, asyncio.Future[Mapping[str, Any]]] = {}
        self._errors: deque[str] = deque(maxlen=_LAST_WORDS)
        self._number = 0
        self._reading = asyncio.create_task(self._read())
        self._listening = asyncio.create_task(self._listen())

    @classmethod
    async def start(cls, words: Sequence[str]) -> "_Process":
        """Start the program, out of reach of a Ctrl-C that is meant for us."""
        process = await asyncio.create_subprocess_exec(
            *words,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=_LONGEST_LINE,
            start_new_session=True,
        )
        return cls(process)

    @property
    def is_alive(self) -> bool:
        return self._process.returncode is None and not self._reading.done()

    def last_words(self) -> str:
        """How it ended, and what it wrote to standard error at the end."""
        code = self._process.returncode
        said = " ".join(list(self._errors)[-3:])[:300]
        return f"exit code {code}" + (f", saying: {said}" if said else "")

    async def ask(self, trial: Trial) -> Mapping[str, Any]:
        """Send a trial, and wait for the line that answers it."""
        # Numbered, so that a late answer to an earlier try is not taken for this one's.
        self._number += 1
        name = f"{trial.id}/{self._number}"
        owed: asyncio.Future[Mapping[str, Any]] = (
            asyncio.get_running_loop().create_future()
        )
        self._owed[name] = owed
        try:
            await self._write({"id": name, **_question(trial)})
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
            why = f"the program wrote a line of more than {_LONGEST_LINE} bytes"
            self._fail(TargetReplyError(why))
            return
        await self._process.wait()
        await asyncio.wait({self._listening}, timeout=0.2)
        self._fail(TargetConnectionError(f"the program ended ({self.last_words()})"))

    def _take(self, line: bytes) -> None:
        try:
            said = json.loads(line)
        except (ValueError, RecursionError):
            self._errors.append(f"no JSON: {line[:100].decode(errors='replace')}")
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
        with suppress(ValueError):
            while line := await self._process.stderr.readline():
                self._errors.append(line.decode(errors="replace").strip())

    async def end(self) -> None:
        """Ask it to end, then make it; nothing of it stays behind."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        for stop in (self._process.terminate, self._process.kill):
            if self._process.returncode is not None:
                break
            with suppress(ProcessLookupError):
                stop()
            with suppress(TimeoutError):
                async with asyncio.timeout(_GRACE_SECONDS):
                    await self._process.wait()
        for task in (self._reading, self._listening):
            task.cancel()
        await asyncio.wait({self._reading, self._listening})
        self._fail(TargetConnectionError("the program was ended"))


def _question(trial: Trial) -> dict[str, Any]:
    """What the program is told of a trial."""
    deployment = trial.context.deployment
    return {
        "messages": messages_of(trial),
        "system": None if deployment is None else deployment.system,
        "request": trial.user_message,
        "case": trial.case.id,
        "context": trial.context.id,
        "sample": trial.sample,
    }
