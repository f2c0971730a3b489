"""Rows of a Parquet file (extra: parquet)."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from demur.errors import InputError
from demur.rows.row import Row

_BATCH = 10_000
"""Rows held in memory at a time."""


def read_parquet(path: Path) -> Iterator[Row]:
    """The rows, in the order of the file.

    Raises:
        InputError: If it is no Parquet file.
    """
    try:
        table = pl.scan_parquet(path)
        count = table.select(pl.len()).collect().item()
    except (pl.exceptions.PolarsError, OSError) as error:
        first = str(error).splitlines()[0]
        hint = "Check the file, or save it as JSON lines."
        raise InputError(str(path), f"is no Parquet file: {first}", hint) from error

    def rows() -> Iterator[Row]:
        for start in range(0, count, _BATCH):
            batch = table.slice(start, _BATCH).collect()
            for at, values in enumerate(batch.iter_rows(named=True), start + 1):
                yield Row(number=at, values=values)

    return rows()
