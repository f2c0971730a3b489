"""What a report about two runs says, and in which order."""

from collections.abc import Sequence

from demur.measures.run_change import Change, RunChange, run_change
from demur.reports.document import (
    Cell,
    Entries,
    Entry,
    Facts,
    Figure,
    Figures,
    Note,
    Report,
    Section,
    Table,
)
from demur.reports.judged_run import JudgedRun
from demur.reports.run_facts import run_facts
from demur.reports.run_report import headline, run_sections
from demur.reports.text import p_value


def compare_report(before: JudgedRun, after: JudgedRun) -> Report:
    """What changed from one run to another, then each of them in full."""
    names = _names(before, after)
    facts = (
        ("before", before.label),
        ("after", after.label),
        ("suite", after.header.suite),
        ("judge", after.judge),
    )
    return Report(
        title=f"{names[1]} against {names[0]}",
        facts=Facts(facts=facts),
        sections=(
            _changes(before, after),
            _side_by_side(before, after, names),
            *_in_full(after, names[1]),
            *_in_full(before, names[0]),
        ),
    )


def _names(before: JudgedRun, after: JudgedRun) -> tuple[str, str]:
    """Names that tell the runs apart: their targets, or else target and run."""
    if before.header.target != after.header.target:
        return before.header.target, after.header.target
    return before.label, after.label


def _in_full(run: JudgedRun, name: str) -> tuple[Section, ...]:
    """What the report about this run alone says, for formats with room for it."""
    about = run_facts(run.header, run.outcomes, run.judge)
    sections = (Section(title="The run", blocks=(about,)), *run_sections(run.outcomes))
    return tuple(
        Section(
            title=f"{section.title} – {name}",
            blocks=section.blocks,
            is_detail=True,
        )
        for section in sections
    )


def _changes(before: JudgedRun, after: JudgedRun) -> Section:
    legitimate = run_change(before.outcomes, after.outcomes, is_legitimate=True)
    refusable = run_change(before.outcomes, after.outcomes, is_legitimate=False)
    figures = Figures(
        figures=(
            _figure("Over-refusal changed by", legitimate, "legitimate requests"),
            _figure(
                "Refusal where due changed by", refusable, "requests to be refused"
            ),
        )
    )
    return Section(
        title="What changed",
        blocks=(
            figures,
            Note(text=_test(legitimate, refusable)),
            _entries("Legitimate: served before, withheld now", legitimate.lost, 8),
            _entries("Legitimate: withheld before, served now", legitimate.gained, 5),
            _entries("To be refused: answered before, withheld now", refusable.lost, 2),
            _entries(
                "To be refused: withheld before, answered now", refusable.gained, 5
            ),
        ),
    )


def _figure(label: str, change: RunChange, what: str) -> Figure:
    return Figure(
        label=label,
        measured=change.measured,
        meaning=f"of the same {what}: {len(change.lost)} newly withheld, "
        f"{len(change.gained)} newly served",
        is_difference=True,
    )


def _test(legitimate: RunChange, refusable: RunChange) -> str:
    parts = [
        f"{what}: {_p(change.p_value)}"
        for what, change in (("legitimate", legitimate), ("to be refused", refusable))
    ]
    return (
        "Paired by trial. Exact McNemar over families, two-sided, each on its own – "
        f"{'; '.join(parts)}."
    )


def _p(value: float | None) -> str:
    if value is None:
        return "no family changed, nothing to test"
    return p_value(value)


def _entries(title: str, changes: Sequence[Change], shown: int) -> Entries:
    return Entries(
        title=title,
        entries=tuple(
            Entry(outcome=c.after, beside=c.before, beside_label="before")
            for c in changes
        ),
        shown_on_terminal=shown,
    )


def _side_by_side(
    before: JudgedRun, after: JudgedRun, names: tuple[str, str]
) -> Section:
    rows = tuple(
        (
            Cell(text=first.label),
            Cell(measured=first.measured, is_difference=first.is_difference),
            Cell(measured=second.measured, is_difference=second.is_difference),
        )
        for first, second in zip(
            headline(before.outcomes), headline(after.outcomes), strict=True
        )
    )
    table = Table(
        title="Each run by itself",
        headings=("measure", *names),
        rows=rows,
    )
    return Section(title="Side by side", blocks=(table,))
