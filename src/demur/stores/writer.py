"""One writer at a time for a store's file, and who it is."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from demur.errors import InputError, StoreInUseError, reason
from demur.stores.masks import without_passwords


@contextmanager
def sole_writer(
    path: Path,
    command: str,
    started: str,
    *,
    wait_seconds: float,
    on_wait: Callable[[str], None],
) -> Iterator[None]:
    """Hold the store for writing; the system lets go of it if this process dies.

    Args:
        path: The store's file. Lock and note lie beside it.
        command: What this process is doing, for others to read.
        started: Since when, for others to read.
        wait_seconds: How long to wait for another writer.
        on_wait: Told once who it is that we wait for.

    Raises:
        StoreInUseError: If another process still writes after the wait; says who.
        InputError: If the folder cannot be written to.
    """
    lock = FileLock(f"{path}.lock")
    note = Path(f"{path}.writer")
    try:
        lock.acquire(timeout=0.2)
    except Timeout:
        on_wait(f"{path}: waiting for {_who(note)}")
        _wait(lock, wait_seconds, path, note)
    except OSError as error:
        problem = f"its folder cannot be written to ({reason(error)})"
        hint = "Check its permissions, or use another file: --store FILE"
        raise InputError(str(path), problem, hint) from error
    try:
        words = {"pid": os.getpid(), "command": command, "started": started}
        note.write_text(json.dumps(words), encoding="utf-8")
        yield
    finally:
        note.unlink(missing_ok=True)
        if not path.exists():  # nothing was written, so nothing is left behind
            Path(f"{path}.lock").unlink(missing_ok=True)
        lock.release()


def _wait(lock: FileLock, wait_seconds: float, path: Path, note: Path) -> None:
    try:
        lock.acquire(timeout=wait_seconds)
    except Timeout as error:
        raise StoreInUseError(
            str(path),
            f"{_who(note)} is writing to it, and still was after {wait_seconds:.0f} s",
            "Wait until it is done, or use another file: --store FILE",
        ) from error


def _who(note: Path) -> str:
    try:
        words = json.loads(note.read_text(encoding="utf-8"))
        return (
            f"process {words['pid']} (`{words['command']}`, since {words['started']})"
        )
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"


def this_command() -> str:
    """The command line of this process, without its path and without passwords."""
    return without_passwords(" ".join([Path(sys.argv[0]).name, *sys.argv[1:]]))
