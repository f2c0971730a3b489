"""Rows of a file, whatever its format: one after the other, as they come."""

from collections.abc import Iterator
from pathlib import Path

from demur.errors import InputError
from demur.extras import load_extra
from demur.rows.delimited import read_delimited
from demur.rows.json_rows import read_json, read_json_lines
from demur.rows.row import BadRow, Row

HUGGING_FACE = "hf:"
"""What the name of a Hugging Face data set begins with."""

_SUFFIXES = (".csv", ".json", ".jsonl", ".ndjson", ".parquet", ".tsv")


def read_rows(name: str) -> Iterator[Row | BadRow]:
    """The rows of a file, or of a data set named ``hf:OWNER/NAME``.

    The suffix says the format. A file is opened before the first row is asked for.

    Args:
        name: Path of a .csv, .tsv, .jsonl, .ndjson, .json or .parquet file; or
            ``hf:OWNER/NAME``, with ``:SPLIT`` after it where it is not ``test``.

    Raises:
        InputError: If it cannot be read at all; a `MissingExtraError` if the library
            for it is not installed.
    """
    if name.startswith(HUGGING_FACE):
        hugging_face = load_extra("demur.rows.hugging_face", "datasets", "datasets")
        rows: Iterator[Row | BadRow] = hugging_face.read(name)
        return rows
    path = Path(name)
    suffix = path.suffix.lower()
    if not path.is_file():
        hint = "Check the path." if not path.is_dir() else "Name a file in it."
        raise InputError(name, "no such file", hint)
    if suffix == ".parquet":
        parquet = load_extra("demur.rows.parquet", "Polars", "parquet")
        found: Iterator[Row | BadRow] = parquet.read_parquet(path)
        return found
    if suffix in {".csv", ".tsv"}:
        return read_delimited(path, "," if suffix == ".csv" else "\t")
    if suffix in {".jsonl", ".ndjson"}:
        return read_json_lines(path)
    if suffix == ".json":
        return read_json(path)
    hint = f"Known: {', '.join(_SUFFIXES)}."
    raise InputError(name, f"has the unknown format {suffix!r}", hint)
