"""Rows of a CSV or TSV file."""

import csv
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any, TextIO

from demur.errors import InputError
from demur.rows.row import BadRow, Row

_COMMENT = "#"


def read_delimited(path: Path, delimiter: str) -> Iterator[Row | BadRow]:
    """The rows below the heading; lines before it that begin with # are passed over.

    Raises:
        InputError: If the file cannot be opened, is not UTF-8, or has no heading.
    """
    csv.field_size_limit(sys.maxsize)
    text = _text(path)
    lines = StringIO(text, newline="")
    skipped = _pass_comments(lines)
    reader = csv.reader(lines, delimiter=delimiter)
    try:
        heading = next(reader, [])
    except csv.Error as error:
        raise InputError(f"{path}:1", f"no heading ({error})", _HINT) from error
    if not heading or not any(name.strip() for name in heading):
        raise InputError(str(path), "is empty: it has no heading", _HINT)
    return _rows(reader, heading, skipped)


_HINT = "Save it as CSV in UTF-8, with the names of the columns in the first line."


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            str(path), f"is not UTF-8 text: byte {error.start} cannot be read", _HINT
        ) from error
    except OSError as error:
        problem = error.strerror or "cannot be read"
        raise InputError(str(path), problem, "Check its permissions.") from error


def _pass_comments(lines: TextIO) -> int:
    """Go to the heading; how many lines stand before it."""
    skipped = 0
    while True:
        place = lines.tell()
        if not lines.readline().startswith(_COMMENT):
            lines.seek(place)
            return skipped
        skipped += 1


def _rows(reader: Any, heading: list[str], skipped: int) -> Iterator[Row | BadRow]:
    while True:
        try:
            values = next(reader, None)
        except csv.Error as error:
            yield BadRow(number=reader.line_num + skipped, problem=f"no CSV: {error}")
            continue
        if values is None:
            return
        number = reader.line_num + skipped
        if not values:
            continue
        if len(values) != len(heading):
            problem = f"has {len(values)} columns, and the heading has {len(heading)}"
            yield BadRow(number=number, problem=problem)
            continue
        yield Row(number=number, values=dict(zip(heading, values, strict=True)))
