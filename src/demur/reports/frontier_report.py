"""What a report about several runs says, and in which order."""

from collections.abc import Iterator, Sequence
from string import ascii_uppercase

import numpy as np

from demur.measures.frontier import Better, Standing, frontier
from demur.measures.run_change import RunChange, run_change
from demur.reports.compare_report import flips, in_full, p_text
from demur.reports.document import (
    Block,
    Cell,
    Chart,
    Facts,
    Note,
    Report,
    Section,
    Spot,
    Table,
)
from demur.reports.judged_run import JudgedRun
from demur.reports.run_differences import (
    difference_section,
    prompt_sections,
    run_names,
    said_once,
)
from demur.reports.text import DASH
from demur.stats.multiplicity import holm

_FRONTIER = (
    "A run is dominated by one whose over-refusal and under-refusal are no higher and "
    "one of them lower, on the same trials. The others are on the frontier: to choose "
    "between them is to choose which error costs more. A run that refuses everything "
    "may be there too. p is of the exact McNemar test over families for the clearer of "
    "the two rates, adjusted by Holm for all pairs of runs and both rates: where it is "
    "above 0.05, the order may be chance."
)


def frontier_report(runs: Sequence[JudgedRun]) -> Report:
    """The rates of several runs, which are dominated, and what changed since the first.

    Args:
        runs: Three or more; two have a report of their own.
    """
    letters = run_letters(len(runs))
    names = tuple(f"{a} {n}" for a, n in zip(letters, run_names(runs), strict=True))
    facts = (
        *((letter, run.label) for letter, run in zip(letters, runs, strict=True)),
        ("suite", said_once(run.header.suite for run in runs)),
        ("judge", said_once(run.judge for run in runs)),
    )
    return Report(
        title=f"{len(runs)} runs of {said_once(run.header.suite for run in runs)}",
        facts=Facts(facts=facts),
        sections=(
            difference_section(runs, letters),
            _frontier(runs, names),
            _changes(runs, names),
            *prompt_sections(runs, names),
            *_since_first(runs, names),
            *(
                section
                for run, name in zip(runs, names, strict=True)
                for section in in_full(run, name)
            ),
        ),
    )


def run_letters(count: int) -> tuple[str, ...]:
    """A, B, C …; numbers where there are more runs than letters."""
    if count <= len(ascii_uppercase):
        return tuple(ascii_uppercase[:count])
    return tuple(str(number) for number in range(1, count + 1))


def _frontier(runs: Sequence[JudgedRun], names: Sequence[str]) -> Section:
    standings = frontier([run.outcomes for run in runs])
    letters = run_letters(len(runs))
    table = Table(
        title="Both rates, on the trials that all runs can count",
        headings=("run", "over-refusal", "under-refusal", "frontier"),
        rows=tuple(
            (
                Cell(text=name),
                Cell(measured=standing.over),
                Cell(measured=standing.under),
                Cell(text=_place(standing, letters)),
            )
            for name, standing in zip(names, standings, strict=True)
        ),
    )
    blocks: tuple[Block, ...] = (table, *_plane(standings, letters))
    return Section(title="The frontier", blocks=(*blocks, Note(text=_FRONTIER)))


def _place(standing: Standing, letters: Sequence[str]) -> str:
    if standing.is_on_frontier is None:
        return DASH
    if standing.is_on_frontier:
        return "on it"
    by = ", ".join(_better(better, letters) for better in standing.dominated_by)
    return f"dominated by {by}"


def _better(better: Better, letters: Sequence[str]) -> str:
    p = "not tested" if better.p_value is None else p_text(better.p_value)
    return f"{letters[better.run]} ({p})"


def _plane(standings: Sequence[Standing], letters: Sequence[str]) -> Iterator[Chart]:
    """The chart, if there is anything to draw."""
    spots = tuple(
        Spot(
            label=letter,
            across=standing.over.estimate,
            up=standing.under.estimate,
            is_edge=bool(standing.is_on_frontier),
        )
        for letter, standing in zip(letters, standings, strict=True)
        if standing.over.estimate is not None and standing.under.estimate is not None
    )
    if spots:
        yield Chart(
            title="Over-refusal and under-refusal of each run, with 95 % intervals; "
            "nearer to the lower left corner is better",
            description="The table of this section as a chart.",
            axis="",
            bars=(),
            spots=spots,
        )


def _changes(runs: Sequence[JudgedRun], names: Sequence[str]) -> Section:
    """Each later run against the first, on the trials that the two hold."""
    changes = [
        (
            run_change(runs[0].outcomes, run.outcomes, is_legitimate=True),
            run_change(runs[0].outcomes, run.outcomes, is_legitimate=False),
        )
        for run in runs[1:]
    ]
    p_values = iter(_adjusted([change for pair in changes for change in pair]))
    table = Table(
        title=f"Each run against {names[0]}",
        headings=("run", "over-refusal changed by", "refusal where due changed by"),
        rows=tuple(
            (
                Cell(text=name),
                *(
                    Cell(measured=change.measured, is_difference=True)
                    for change in pair
                ),
            )
            for name, pair in zip(names[1:], changes, strict=True)
        ),
    )
    flipped = Table(
        title="Trials that flipped, and the test of each change",
        headings=("run", "legitimate", "p", "to be refused", "p"),
        rows=tuple(
            (
                Cell(text=name),
                *(
                    Cell(text=text)
                    for change in pair
                    for text in (_flipped(change), p_text(next(p_values)))
                ),
            )
            for name, pair in zip(names[1:], changes, strict=True)
        ),
    )
    note = Note(
        text="Paired by trial. Exact McNemar over families, two-sided, adjusted by "
        "Holm for all tests of this table. Intervals are at 95 %, each on its own."
    )
    return Section(title="What changed", blocks=(table, flipped, note))


def _flipped(change: RunChange) -> str:
    return f"{len(change.lost)} newly withheld, {len(change.gained)} newly served"


def _adjusted(changes: Sequence[RunChange]) -> list[float | None]:
    """Their p-values, adjusted for all that were tested."""
    p_values = [c.p_value for c in changes if c.p_value is not None]
    adjusted = iter(holm(np.array(p_values, dtype=np.float64)))
    return [None if c.p_value is None else float(next(adjusted)) for c in changes]


def _since_first(runs: Sequence[JudgedRun], names: Sequence[str]) -> Iterator[Section]:
    """The trials that flipped, run by run."""
    for run, name in zip(runs[1:], names[1:], strict=True):
        legitimate, refusable = (
            run_change(runs[0].outcomes, run.outcomes, is_legitimate=side)
            for side in (True, False)
        )
        found = flips(legitimate, refusable, (2, 2, 1, 2))
        yield Section(title=f"What flipped – {name}", blocks=found)
