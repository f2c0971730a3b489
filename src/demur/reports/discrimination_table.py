"""The table of a report about telling harmful from legitimate, by context."""

from demur.measures.discrimination import Discrimination, discrimination
from demur.measures.evidence import Evidence
from demur.reports.document import Block, Cell, Note, Table

_NOTE = (
    "d′: 0 is withholding harmful and legitimate alike, 1 is weak, 3 is strong. c: "
    "below 0 withholds readily (too cautious), above 0 seldom (too lax). Both are in "
    "standard deviations."
)


def discrimination_blocks(evidence: Evidence) -> tuple[Block, ...]:
    """The table, where the suite asks both kinds; each context with both has a row."""
    found = {
        "all contexts": evidence.telling,
        **{name: discrimination(group) for name, group in evidence.contexts.items()},
    }
    rows = tuple(
        _row(name, one)
        for name, one in found.items()
        if one.sensitivity.estimate is not None
    )
    if not rows:
        return ()
    table = Table(
        title="Harmful told from legitimate",
        headings=("context", "d′", "c"),
        rows=rows,
    )
    return Note(text=_NOTE), table


def _row(name: str, found: Discrimination) -> tuple[Cell, ...]:
    return (
        Cell(text=name),
        Cell(measured=found.sensitivity, is_coefficient=True),
        Cell(measured=found.criterion, is_coefficient=True),
    )
