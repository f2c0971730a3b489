"""Transcripts of a file, whatever its format: one after the other, as they come."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path

from demur.errors import InputError, UnknownNameError
from demur.records.exchange import BadExchange, Exchange
from demur.rows.json_rows import decode_json, rows_of_lines, rows_of_value
from demur.rows.read import read_rows
from demur.rows.row import BadRow, Row
from demur.transcripts import inspect_log, promptfoo
from demur.transcripts.columns import KNOWN, Columns
from demur.transcripts.messages import (
    is_batch_output,
    is_conversation,
    read_batch_output,
    read_conversation,
)
from demur.transcripts.row import missing_column, read_row

TABLES = frozenset({".csv", ".tsv", ".parquet"})
"""Formats in which every row has the same columns."""

SUFFIXES = TABLES | {".json", ".jsonl", ".ndjson", ".eval"}

Found = Iterator[Exchange | BadExchange]


def read_transcripts(path: Path, columns: Columns) -> Found:
    """The exchanges of a file.

    The suffix says the format: a table (.csv, .tsv, .parquet, .jsonl, .json), OpenAI's
    conversations or batch output in JSON lines, an Inspect log (.eval, .json), or
    promptfoo's results (.json).

    Raises:
        InputError: If it cannot be read at all; a `MissingExtraError` if the library
            for it is not installed; an `UnknownNameError` if a table lacks a column.
    """
    suffix = path.suffix.lower()
    if suffix == ".eval":
        return inspect_log.read_zip(path)
    if suffix == ".json":
        return _read_json(path, columns)
    rows = read_rows(str(path))
    if suffix in TABLES:
        rows = _checked(rows, columns, str(path))
    return exchanges_of(rows, columns)


def read_lines(lines: Iterable[bytes], columns: Columns) -> Found:
    """The exchanges of JSON lines, such as standard input's, each as it comes."""
    return exchanges_of(rows_of_lines(lines), columns)


def exchanges_of(rows: Iterable[Row | BadRow], columns: Columns) -> Found:
    """The exchange in each row, in whichever form it stands there."""
    for row in rows:
        if isinstance(row, BadRow):
            number = row.number
            yield BadExchange(number=number, id=number, problem=row.problem)
        elif "response" in columns.said:
            yield read_row(row, columns)
        else:
            yield _form_of(row, columns)(row)


def _form_of(row: Row, columns: Columns) -> Callable[[Row], Exchange | BadExchange]:
    if is_conversation(row.values):
        return read_conversation
    if is_batch_output(row.values):
        return read_batch_output
    return lambda row: read_row(row, columns)


def _read_json(path: Path, columns: Columns) -> Found:
    if not path.is_file():
        raise InputError(str(path), "no such file", "Check the path.")
    hint = "One object a line is .jsonl."
    try:
        content = decode_json(path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    except OSError as error:
        problem = error.strerror or "cannot be read"
        raise InputError(str(path), problem, "Check its permissions.") from error
    except ValueError as error:
        raise InputError(str(path), f"is no JSON: {error}", hint) from error
    if promptfoo.is_results(content):
        return promptfoo.read_results(content)
    if inspect_log.is_log(content):
        return inspect_log.read_log(content)
    return exchanges_of(rows_of_value(content, str(path)), columns)


def _checked(
    rows: Iterator[Row | BadRow], columns: Columns, where: str
) -> Iterator[Row | BadRow]:
    """The rows, once the first shows that the columns are there."""
    first = next(rows, None)
    if first is None:
        return iter(())
    if isinstance(first, Row):
        _check(first, columns, where)
    return chain([first], rows)


def _check(row: Row, columns: Columns, where: str) -> None:
    names = [str(name) for name in row.values]
    for what, column in columns.said.items():
        if column not in names:
            raise UnknownNameError.of(f"{where}, {what}", "column", column, names)
    missing = missing_column(row, columns)
    if missing is not None:
        hint = (
            f"Say which column it is: --column {missing}=NAME. Its columns: "
            f"{', '.join(names)}. Found without saying: {', '.join(KNOWN[missing])}."
        )
        raise InputError(where, f"has no column for the {missing}", hint)
