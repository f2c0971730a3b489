"""The tables of built-in suites and importers: from a name to a suite."""

from dataclasses import replace
from pathlib import Path

import demur.suites
from demur.errors import InputError, UnknownNameError
from demur.records.suite import Suite
from demur.rows.read import read_rows
from demur.suites.importers import (
    coconot,
    cyberseceval,
    falsereject,
    jailbreakbench,
    k_overrefusal,
    or_bench,
    xstest,
)
from demur.suites.load import load_suite
from demur.suites.mapping import Mapped, suite_of

DEFAULT_SUITE = "quickstart"

_BUILTIN = Path(demur.suites.__path__[0]) / "builtin"

SUITES = {
    name: _BUILTIN / name
    for name in (DEFAULT_SUITE, "healthcare", "security", "history-law", "fiction")
}
"""Folders of the suites that ship, by name."""

IMPORTERS: dict[str, Mapped] = {
    "coconot": coconot.MAPPED,
    "cyberseceval": cyberseceval.MAPPED,
    "falsereject": falsereject.MAPPED,
    "jailbreakbench": jailbreakbench.MAPPED,
    "k-overrefusal": k_overrefusal.MAPPED,
    "or-bench": or_bench.MAPPED,
    "xstest": xstest.MAPPED,
}
"""How public data sets are read, by what stands before ``:PATH``."""

_OWN_TABLE = frozenset({".csv", ".json", ".jsonl", ".ndjson", ".parquet", ".tsv"})
_REQUEST_HINT = (
    "Say which column is what: --column request=NAME, and --expect answer or "
    "--column expectation=NAME."
)


def find_suite(name: str, own: Mapped | None = None) -> Suite:
    """The suite of that name, in that file or folder, or made from that table.

    Args:
        name: A built-in's name; a YAML file's or folder's path; ``xstest:PATH`` or
            another importer's; or a table with ``own``.
        own: What the columns of the user's own table are.

    Raises:
        UnknownNameError: If there is none.
        InputError: If it cannot be read; a `SuiteError` says what is wrong in it.
    """
    if name in SUITES and own is None:
        return load_suite(SUITES[name], name)
    kind, colon, place = name.partition(":")
    if colon and kind in IMPORTERS:
        return _imported(kind, place, IMPORTERS[kind], own)
    path = Path(name)
    is_hub = kind == "hf"
    if own is not None or is_hub or path.suffix.lower() in _OWN_TABLE:
        if own is None or "request" not in own.columns:
            raise InputError(
                name, "is a table whose columns say nothing yet", _REQUEST_HINT
            )
        return suite_of(read_rows(name), own, _title(name), name)
    if path.exists() or path.suffix in {".yaml", ".yml"} or "/" in name:
        return load_suite(path)
    known = [*SUITES, *(f"{kind}:PATH" for kind in IMPORTERS)]
    raise UnknownNameError.of(
        "suite", "suite", name, known, "A file or folder is named by its path."
    )


def _title(name: str) -> str:
    return name.removeprefix("hf:") if name.startswith("hf:") else Path(name).stem


def _imported(kind: str, place: str, mapped: Mapped, own: Mapped | None) -> Suite:
    """The suite in a publisher's file; one's own columns stand before its own."""
    file = place if place.startswith("hf:") else str(_file(Path(place), mapped))
    if own is not None:
        mapped = replace(mapped, columns={**mapped.columns, **own.columns})
    return suite_of(read_rows(file), mapped, kind, file)


def _file(path: Path, mapped: Mapped) -> Path:
    """The file itself, or the publisher's file in a folder."""
    if not path.is_dir():
        return path
    found = [path / name for name in mapped.files if (path / name).is_file()]
    if not found:
        hint = f"Name the file, or a folder with {' or '.join(mapped.files)}."
        raise InputError(str(path), "the folder holds no file of that data set", hint)
    return found[0]
