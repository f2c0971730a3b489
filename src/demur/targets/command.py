"""A program as a target: trials go in as JSON lines, answers come out as JSON lines."""

import asyncio
import shlex
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from demur.errors import InputError, TargetDeniedError, TargetTimeoutError
from demur.records.transcript import Transcript
from demur.records.trial import Trial
from demur.targets.own_reply import messages_of, own_transcript, whole
from demur.targets.program import Program
from demur.traffic.traffic import Traffic

_DEATHS = 3
"""Times that the program may end without having answered anything at all."""


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
    _process: "Program | None" = field(default=None, init=False, repr=False)
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
        return await whole(self.traffic, lambda: self._ask(trial))

    async def _ask(self, trial: Trial) -> Transcript:
        process = await self._live()
        try:
            async with asyncio.timeout(self.timeout_seconds):
                said = await process.ask(trial.id, _question(trial))
        except TimeoutError as error:
            await process.end()
            waited = f"{self.timeout_seconds:.0f} s"
            raise TargetTimeoutError(f"no answer in {waited}") from error
        self._deaths = 0
        return own_transcript(trial, said)

    async def _live(self) -> "Program":
        """The process; started if it is not there, or not any more."""
        async with self._starting:
            if self._process is not None and self._process.is_alive:
                return self._process
            if self._process is not None:
                await self._bury(self._process)
            self._process = await self._start()
            return self._process

    async def _bury(self, process: Program) -> None:
        """Clear away one that is not there any more; too many are a denial."""
        self._deaths += process.has_died
        await process.end()
        if self._deaths >= _DEATHS:
            raise TargetDeniedError(
                self._where,
                f"the program ended {self._deaths} times without an answer "
                f"({process.last_words()})",
                "Run it by hand and give it one line of JSON.",
            )

    async def _start(self) -> "Program":
        try:
            return await Program.start(shlex.split(self.line) or [""])
        except (OSError, ValueError) as error:
            hint = "Write command: and a program with its arguments, as in a shell."
            reason = getattr(error, "strerror", None) or str(error)
            raise InputError(self._where, f"cannot start ({reason})", hint) from error


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
