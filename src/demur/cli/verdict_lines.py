"""Verdicts as JSON lines: to standard output or a file, each as soon as it is there."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
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
    if path in {None, "-"}:
        yield sys.stdout.buffer
        return
    assert path is not None
    try:
        if source is not None and Path(path).exists() and Path(path).samefile(source):
            hint = "Name another: nothing was judged or written."
            raise InputError(f"--out {path}", "is the file that is read", hint)
        with Path(path).open("wb") as file:
            yield file
    except OSError as error:
        reason = error.strerror or str(error)
        hint = "Choose another path."
        raise InputError(path, f"cannot be written ({reason})", hint) from error


def write_line(file: BinaryIO, judged: Judged) -> None:
    """One line, whole and handed over: who reads along waits for nothing.

    Plain ASCII, so that lone surrogates and NULs, which models do write, survive.
    """
    file.write(json.dumps(_line(judged)).encode("ascii") + b"\n")
    file.flush()


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
