"""A row of a table read as a request with its response."""

from collections.abc import Mapping
from typing import Any

from demur.records.exchange import BadExchange, Exchange
from demur.rows.row import Row
from demur.transcripts.columns import KNOWN, Columns
from demur.transcripts.words import block_of, id_of, string_or_none, text_of


def read_row(row: Row, columns: Columns) -> Exchange | BadExchange:
    """The exchange in a row with a column for the request and one for the response."""
    found = columns.find(str(name) for name in row.values)
    values = {what: row.values.get(column) for what, column in found.items()}
    name = id_of(values.get("id"), row.number)
    try:
        return _exchange(row.number, name, values, found)
    except ValueError as error:
        return BadExchange(number=row.number, id=name, problem=str(error))


def missing_column(row: Row, columns: Columns) -> str | None:
    """What a table's first row lacks to be read at all; None if nothing."""
    found = columns.find(str(name) for name in row.values)
    return next(
        (what for what in ("request", "response") if found.get(what) not in row.values),
        None,
    )


def _exchange(
    number: int, name: str | int, values: Mapping[str, Any], found: Mapping[str, str]
) -> Exchange:
    finish_reason = string_or_none(values.get("finish_reason"))
    block = block_of(finish_reason)
    is_withheld = block is not None and values.get("response") is None
    return Exchange(
        number=number,
        id=name,
        request=_text("request", values, found),
        response="" if is_withheld else _text("response", values, found),
        finish_reason=finish_reason,
        block=block,
        model=string_or_none(values.get("model")),
    )


def _text(what: str, values: Mapping[str, Any], found: Mapping[str, str]) -> str:
    if what not in values:
        known = ", ".join(KNOWN[what])
        raise ValueError(f"has no {what}: none of {known}")
    try:
        return text_of(values[what])
    except ValueError as error:
        raise ValueError(f"its {found[what]} {error}") from error
