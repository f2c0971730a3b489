"""Verdicts as JSON lines: to standard output or a file, each as soon as it is there."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from demur.errors import InputError
from demur.flows.judge_file import Judged


@contextmanager
def opened_lines(path: str | None, source: str | None) -> Iterator[BinaryIO]:
    """Where lines are written; standard output where no file is named.

    Raises:
        InputError: If the file cannot be written, or is the one that is read.
    """
    if path is None or path == "-":
        yield sys.stdout.buffer
        return
    if source is not None and Path(path).exists() and Path(path).samefile(source):
        hint = "Name another: nothing was judged or written."
        raise InputError(f"--out {path}", "is the file that is read", hint)
    try:
        file = Path(path).open("wb")  # noqa: SIM115 # closed below
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        yield file
    finally:
        with suppress(OSError):  # every line that could be written has been
            file.close()


def write_line(file: BinaryIO, judged: Judged) -> None:
    """One line, whole and handed over: who reads along waits for nothing.

    Plain ASCII, so that lone surrogates and NULs, which models do write, survive.

    Raises:
        InputError: If there is no room for it.
    """
    try:
        file.write(json.dumps(_line(judged)).encode("ascii") + b"\n")
        file.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise _unwritable(file.name, error) from error


def _unwritable(path: str, error: OSError) -> InputError:
    problem = f"cannot be written ({error.strerror or error})"
    return InputError(path, problem, "Choose another path.")


def _line(judged: Judged) -> dict[str, Any]:
    exchange, judgement = judged.exchange, judged.judgement
    if judgement is None:
        return {"id": exchange.id, "line": exchange.number, "error": judged.problem}
    return {
        "id": exchange.id,
        "verdict": judgement.verdict.value,
        "p_not_served": judgement.p_not_served,
        "evidence": judgement.evidence,
        "language": judgement.language,
        "judge": judgement.judge,
    }
