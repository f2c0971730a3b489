"""Every exception this package raises on purpose.

DemurError
├── InputError              the user's file or option is wrong      exit 2
│   ├── SuiteError          all faults of a suite at once
│   ├── UnknownNameError    no suite, target, context, run … of that name
│   ├── MissingKeyError     an API key is not in the environment
│   ├── MissingExtraError   an optional library is not installed
│   ├── MissingModelError   a model file is not here and cannot be had
│   ├── TargetDeniedError   the server will not serve us at all
│   ├── TargetUnreachableError   nobody listens at the address
│   ├── StoreVersionError   the store was written by a newer version
│   └── StoreInUseError     another process is writing to the store
├── TargetError             the deployment did not answer           one failed trial
│   ├── TargetConnectionError
│   ├── TargetTimeoutError
│   ├── TargetRateLimitError
│   ├── TargetServerError
│   ├── TargetRejectedError
│   ├── TargetReplyError
│   └── TargetStoppedError  the run was stopped before it was asked   no record
├── TargetDownError         the deployment answers nothing at all   the run ends early
├── JudgeError              the judge gave no usable verdict        one failed judgement
└── StoreError              the store cannot be read or written     exit 4
"""

from dataclasses import dataclass
from difflib import get_close_matches


class DemurError(Exception):
    """Anything this package raises on purpose. Catch it to catch them all."""


class InputError(DemurError):
    """A file or an option given by the user is wrong.

    Attributes:
        where: File and place in it, or the option, as the user would look for it.
        problem: What is wrong: one clause, no full stop.
        hint: What to do next: one or more sentences.
    """

    def __init__(self, where: str, problem: str, hint: str) -> None:
        super().__init__(where, problem, hint)  # all fields, so that it pickles
        self.where = where
        self.problem = problem
        self.hint = hint

    def __str__(self) -> str:
        hint = self.hint.replace("\n", "\n  ")
        return f"{self.where}: {self.problem}.\n  {hint}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong with a suite file.

    Attributes:
        file: The file, as the user named it.
        line: Line in it, from 1.
        case: Id of the case, or None outside of cases.
        field: Path of the field, such as ``expect.general``; may be empty.
        problem: What is wrong: one clause, no full stop.
        hint: What to do next.
    """

    file: str
    line: int
    case: str | None
    field: str
    problem: str
    hint: str

    def __str__(self) -> str:
        places = [f"case {self.case!r}"] if self.case else []
        places += [f"field {self.field!r}"] if self.field else []
        place = f" {', '.join(places)}:" if places else ""
        return f"{self.file}:{self.line}:{place} {self.problem}.\n  {self.hint}"


def reason(error: Exception) -> str:
    """Why the system or a decoder would not, without numbers and paths."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return "it is not UTF-8 text" if isinstance(error, UnicodeError) else str(error)


class SuiteError(InputError):
    """A suite cannot be read. Holds every fault found, not the first only."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        DemurError.__init__(self, faults)
        self.faults = faults
        self.where = faults[0].file
        self.problem = faults[0].problem
        self.hint = faults[0].hint

    def __str__(self) -> str:
        lines = "\n".join(str(fault) for fault in self.faults)
        count = len(self.faults)
        return f"{count} fault{'s' if count != 1 else ''} in the suite:\n{lines}"


_LISTED = 16
"""Known names that a message lists; more would hide its sense."""


class UnknownNameError(InputError):
    """Nothing has the name that was given."""

    @classmethod
    def of(
        cls, where: str, kind: str, name: str, known: list[str], more: str = ""
    ) -> "UnknownNameError":
        """Name what was got, the nearest known name, and all known names."""
        near = get_close_matches(name, known, n=1)
        guess = f"Did you mean {near[0]!r}? " if near else ""
        listing = f"Known: {', '.join(known[:_LISTED]) or 'none'}"
        rest = len(known) - _LISTED
        listing += f" … and {rest} more." if rest > 0 else "."
        hint = f"{guess}{listing}" + (f"\n{more}" if more else "")
        return cls(where, f"unknown {kind} {name!r}", hint)


class MissingKeyError(InputError):
    """An API key is not in the environment."""

    @classmethod
    def of(cls, where: str, variable: str) -> "MissingKeyError":
        """Name the variable and how to set it."""
        return cls(
            where,
            f"needs a key, and the environment variable {variable} is not set",
            f"Run: export {variable}=…   (the key is never stored or printed)",
        )


class MissingExtraError(InputError):
    """An optional library is not installed."""

    @classmethod
    def of(cls, where: str, library: str, extra: str) -> "MissingExtraError":
        """Name the pip command that installs it."""
        return cls(
            where,
            f"needs {library}, which is not installed",
            f"Run: pip install 'demur[{extra}]'   (in a clone: '.[{extra}]')",
        )


class MissingModelError(InputError):
    """A model file is not on this machine and could not be had."""


class TargetDeniedError(InputError):
    """The server refuses our key or knows no such model: every trial would fail."""


class TargetUnreachableError(InputError):
    """Nobody listens at the target's address."""


class StoreVersionError(InputError):
    """The store was written by a newer version of demur."""


class StoreInUseError(InputError):
    """Another process is writing to the store."""


class TargetError(DemurError):
    """The deployment did not answer a trial. Recorded as a failed trial.

    Attributes:
        is_transient: Whether the same request may succeed later.
        retry_after_seconds: How long the server asked us to wait, if it did.
    """

    is_transient = False

    def __init__(self, message: str, retry_after_seconds: float | None = None) -> None:
        super().__init__(message, retry_after_seconds)
        self.message = message
        self.retry_after_seconds = retry_after_seconds

    def __str__(self) -> str:
        return self.message


class TargetConnectionError(TargetError):
    """The connection could not be made, or broke."""

    is_transient = True


class TargetTimeoutError(TargetError):
    """No complete answer in time."""

    is_transient = True


class TargetRateLimitError(TargetError):
    """The server said that we ask too often, or that it has too much to do."""

    is_transient = True


class TargetServerError(TargetError):
    """The server failed, or could not do it just then (5xx, 408, 409, 425)."""

    is_transient = True


class TargetRejectedError(TargetError):
    """The server rejected this one request (4xx)."""


class TargetReplyError(TargetError):
    """A reply came that cannot be read as one."""


class TargetStoppedError(TargetError):
    """The run was stopped before this trial was sent: it is still to be asked."""


class TargetDownError(DemurError):
    """The deployment answers nothing for longer than we wait. The run ends early."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class JudgeError(DemurError):
    """The judge gave no usable verdict. Recorded as a failed judgement."""


class StoreError(DemurError):
    """The store cannot be read or written: damaged, full, no permission."""
