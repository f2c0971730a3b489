"""What every contestant promises."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

ROOT = Path(__file__).parents[2]
"""Of the repository."""

CACHE = ROOT / "build" / "bench"
"""Where peers are installed; ignored by git, kept from run to run."""

_KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "DEMUR_CACHE", "XDG_CACHE_HOME")


class NotMeasuredError(Exception):
    """A contestant cannot be run here; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a contestant is to do.

    Attributes:
        url: Base URL of the provider.
        folder: To work in; empty but for the suite and the conversations.
        suite: File of the suite, for demur.
        conversations: File with a conversation on each line, for the others.
        count: Requests to send.
        concurrency: Requests to keep in flight.
    """

    url: str
    folder: Path
    suite: Path
    conversations: Path
    count: int
    concurrency: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """How a contestant is run.

    Attributes:
        words: Program and arguments.
        environment: What is added to the plain environment.
    """

    words: tuple[str, ...]
    environment: Mapping[str, str]


class Contestant(Protocol):
    """A program that sends the provider's chat requests.

    Promises:
        * It sends each conversation of the job once and reads the whole answer.
        * It leaves nothing behind outside the job's folder and `CACHE`.
    """

    @property
    def name(self) -> str:
        """In the table."""
        ...

    def set_up(self) -> str:
        """Install what is missing; the version, for the record.

        Raises:
            NotMeasuredError: If that cannot be done here.
        """
        ...

    def command(self, job: Job) -> Command:
        """How the job is done; files that it needs are written into its folder."""
        ...


def plain_environment() -> dict[str, str]:
    """The same for every program: no proxy, no key, demur from this repository."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    paths = f"{ROOT / 'src'}{os.pathsep}{ROOT}"
    return {**kept, "PYTHONPATH": paths, "NO_PROXY": "*", "no_proxy": "*"}
