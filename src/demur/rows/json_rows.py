"""Rows of JSON lines, and of a JSON file with a list of objects."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from demur.errors import InputError
from demur.rows.row import BadRow, Row


def read_json_lines(path: Path) -> Iterator[Row | BadRow]:
    """An object from each line; blank lines are passed over.

    Raises:
        InputError: If the file cannot be opened.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise _unreadable(path, error) from error

    def rows() -> Iterator[Row | BadRow]:
        with file:
            yield from rows_of_lines(file)

    return rows()


def rows_of_lines(lines: Iterable[bytes]) -> Iterator[Row | BadRow]:
    """An object from each line, as they come; blank lines are passed over."""
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _row(number, line.removeprefix(b"\xef\xbb\xbf"))


def _row(number: int, line: bytes) -> Row | BadRow:
    try:
        value = decode_json(line)
    except ValueError as error:
        return BadRow(number=number, problem=f"no JSON: {error}")
    return _as_row(number, value)


def decode_json(content: bytes) -> Any:
    """A value, also where its texts hold lone surrogates or bare control characters.

    Models write such texts, and other programs write them down as they came.

    Raises:
        ValueError: If it is no JSON, or nested too deep.
    """
    try:
        return msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        first = str(error)
    try:
        return json.loads(content.decode("utf-8", "surrogatepass"), strict=False)
    except (ValueError, RecursionError) as error:
        raise ValueError(first) from error


def _as_row(number: int, value: object) -> Row | BadRow:
    if not isinstance(value, dict):
        kind = type(value).__name__
        return BadRow(number=number, problem=f"must be an object, got {kind}")
    return Row(number=number, values=value)


def read_json(path: Path) -> Iterator[Row | BadRow]:
    """The objects of a JSON file's list, or of the only list in its object.

    Raises:
        InputError: If the file cannot be opened, is not JSON, or holds no list.
    """
    try:
        content = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
        return rows_of_value(decode_json(content), str(path))
    except OSError as error:
        raise _unreadable(path, error) from error
    except ValueError as error:
        hint = "Save it as one JSON list of objects; one object a line is .jsonl."
        raise InputError(str(path), f"is no JSON: {error}", hint) from error


def rows_of_value(content: object, where: str) -> Iterator[Row | BadRow]:
    """The objects of a list, or of the only list in an object.

    Raises:
        InputError: If there is no such list; names it ``where``.
    """
    lists = _lists(content)
    if len(lists) != 1:
        hint = "The file should be a list of objects, or an object with one such list."
        raise InputError(where, f"holds {len(lists)} lists of rows", hint)
    return (_as_row(n, value) for n, value in enumerate(lists[0], start=1))


def _lists(content: object) -> list[list[object]]:
    if isinstance(content, list):
        return [content]
    values = content.values() if isinstance(content, dict) else ()
    return [value for value in values if isinstance(value, list)]


def _unreadable(path: Path, error: OSError) -> InputError:
    problem = error.strerror or "cannot be read"
    return InputError(str(path), problem, "Check its permissions.")
