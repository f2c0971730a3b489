"""The table of built-in judges: from a name to the thing it means."""

from collections.abc import Callable

from demur.errors import MissingExtraError, UnknownNameError
from demur.extras import load_extra
from demur.judges.base import Judge
from demur.judges.phrase import PhraseJudge
from demur.reports.html import Draw

DEFAULT_JUDGE = "phrase"
BASELINE_JUDGE = "phrase"
"""What every other judge is measured beside."""
FIRST_JUDGE = "phrase"
"""What a cascade asks first, unless told otherwise."""

JUDGES: dict[str, Callable[[], Judge]] = {BASELINE_JUDGE: PhraseJudge}
"""Judges, by name."""


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
