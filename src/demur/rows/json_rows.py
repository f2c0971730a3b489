"""Rows of JSON lines, and of a JSON file with a list of objects."""

from collections.abc import Iterator
from pathlib import Path

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
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield _row(number, line.removeprefix(b"\xef\xbb\xbf"))

    return rows()


def _row(number: int, line: bytes) -> Row | BadRow:
    try:
        value = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return BadRow(number=number, problem=f"no JSON: {error}")
    return _as_row(number, value)


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
        content = msgspec.json.decode(path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    except OSError as error:
        raise _unreadable(path, error) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        hint = "Save it as one JSON list of objects; one object a line is .jsonl."
        raise InputError(str(path), f"is no JSON: {error}", hint) from error
    lists = _lists(content)
    if len(lists) != 1:
        hint = "The file should be a list of objects, or an object with one such list."
        raise InputError(str(path), f"holds {len(lists)} lists of rows", hint)
    return (_as_row(n, value) for n, value in enumerate(lists[0], start=1))


def _lists(content: object) -> list[list[object]]:
    if isinstance(content, list):
        return [content]
    values = content.values() if isinstance(content, dict) else ()
    return [value for value in values if isinstance(value, list)]


def _unreadable(path: Path, error: OSError) -> InputError:
    problem = error.strerror or "cannot be read"
    return InputError(str(path), problem, "Check its permissions.")
