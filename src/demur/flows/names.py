"""The table of built-in suites and judges: from a name to the thing it means."""

from collections.abc import Callable
from pathlib import Path

import demur.suites
from demur.errors import MissingExtraError, UnknownNameError
from demur.flows.extras import load_extra
from demur.judges.base import Judge
from demur.judges.phrase import PhraseJudge
from demur.records.suite import Suite
from demur.reports.html import Draw
from demur.suites.load import load_suite

DEFAULT_SUITE = "quickstart"
DEFAULT_JUDGE = "phrase"

_BUILTIN = Path(demur.suites.__path__[0]) / "builtin"

SUITES = {DEFAULT_SUITE: _BUILTIN / DEFAULT_SUITE}
"""Folders of the suites that ship, by name."""

JUDGES: dict[str, Callable[[], Judge]] = {DEFAULT_JUDGE: PhraseJudge}
"""Judges, by name."""


def find_suite(name: str) -> Suite:
    """The suite of that name, or in that file or folder.

    Raises:
        UnknownNameError: If there is neither.
        InputError: If it cannot be read; a `SuiteError` says what is wrong in it.
    """
    if name in SUITES:
        return load_suite(SUITES[name], name)
    path = Path(name)
    if path.exists() or path.suffix in {".yaml", ".yml"} or "/" in name:
        return load_suite(path)
    raise UnknownNameError.of(
        "suite", "suite", name, list(SUITES), "A file or folder is named by its path."
    )


def find_judge(name: str) -> Judge:
    """The judge of that name.

    Raises:
        UnknownNameError: If there is none.
    """
    if name not in JUDGES:
        raise UnknownNameError.of("--judge", "judge", name, list(JUDGES))
    return JUDGES[name]()


def find_draw() -> Draw | None:
    """What draws charts; None where the library for it is not installed."""
    try:
        draw: Draw = load_extra("demur.reports.charts", "Altair", "report").draw
    except MissingExtraError:
        return None
    return draw
