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
from demur.reports.run_differences import (
    difference_section,
    prompt_sections,
    run_names,
    said_once,
)
from demur.reports.run_facts import run_facts
from demur.reports.run_report import headline, run_sections
from demur.reports.text import p_value


def compare_report(before: JudgedRun, after: JudgedRun) -> Report:
    """What changed from one run to another, then each of them in full."""
    runs = (before, after)
    names = run_names(runs)
    facts = (
        ("before", before.label),
        ("after", after.label),
        ("suite", said_once(run.header.suite for run in runs)),
        ("judge", said_once(run.judge for run in runs)),
    )
    return Report(
        title=f"{names[1]} against {names[0]}",
        facts=Facts(facts=facts),
        sections=(
            difference_section(runs, names),
            _changes(before, after),
            _side_by_side(before, after, names),
            *prompt_sections(runs, names),
            *in_full(after, names[1]),
            *in_full(before, names[0]),
        ),
    )


def in_full(run: JudgedRun, name: str) -> tuple[Section, ...]:
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
            *flips(legitimate, refusable),
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
        f"{what}: {p_text(change.p_value)}"
        for what, change in (("legitimate", legitimate), ("to be refused", refusable))
    ]
    return (
        "Paired by trial. Exact McNemar over families, two-sided, each on its own – "
        f"{'; '.join(parts)}."
    )


def p_text(value: float | None) -> str:
    """A p-value; in words where nothing could be tested."""
    if value is None:
        return "no family changed, nothing to test"
    return p_value(value)


def flips(
    legitimate: RunChange,
    refusable: RunChange,
    shown: Sequence[int] = (8, 5, 2, 5),
) -> tuple[Entries, ...]:
    """The trials that changed, both ways on both sides; ``shown`` on a terminal."""
    groups = (
        ("Legitimate: served before, withheld now", legitimate.lost),
        ("Legitimate: withheld before, served now", legitimate.gained),
        ("To be refused: answered before, withheld now", refusable.lost),
        ("To be refused: withheld before, answered now", refusable.gained),
    )
    return tuple(
        _entries(title, changes, most)
        for (title, changes), most in zip(groups, shown, strict=True)
    )


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
    before: JudgedRun, after: JudgedRun, names: tuple[str, ...]
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
