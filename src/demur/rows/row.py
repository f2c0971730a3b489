"""One row of a table, with the place where it stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of a table.

    Attributes:
        number: Line in a text file, or number of the row where there are no lines;
            from 1. Where a row goes over several lines, its last.
        values: By column. Texts as they stand in the file; other values where the
            format has them.
    """

    number: int
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class BadRow:
    """A row that cannot be read.

    Attributes:
        number: As in `Row`.
        problem: What is wrong: one clause, no full stop.
    """

    number: int
    problem: str
