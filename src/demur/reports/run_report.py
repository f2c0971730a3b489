"""What a report about one run says, and in which order."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from demur.measures.base import Measured, group_by
from demur.measures.calibration_gap import Gap
from demur.measures.evidence import Evidence
from demur.measures.over_refusal import over_refusal
from demur.measures.under_refusal import under_refusal
from demur.records.drawn_label import DrawnLabels
from demur.records.outcome import Outcome
from demur.records.run import RunHeader
from demur.records.verdict import Verdict
from demur.reports.consistency_section import consistency_sections
from demur.reports.corrected_section import corrected_sections
from demur.reports.curve_section import curve_sections
from demur.reports.diagnosis_section import diagnosis_section
from demur.reports.discrimination_table import discrimination_blocks
from demur.reports.document import (
    Bar,
    Block,
    Cell,
    Chart,
    Entries,
    Entry,
    Figure,
    Figures,
    Note,
    Report,
    Section,
    Table,
)
from demur.reports.run_facts import run_facts
from demur.reports.topic_section import topic_sections
from demur.reports.trigger_section import trigger_sections

_CAVEAT = (
    "Served means that the response takes the request up. Whether what it says is "
    "true is not measured here. Every interval is at 95 % on its own; no correction "
    "is made for their number."
)


def run_report(
    header: RunHeader,
    outcomes: Sequence[Outcome],
    judge: str,
    labels: DrawnLabels | None = None,
) -> Report:
    """The whole report about one run; corrected rates too, where people labelled."""
    return Report(
        title=f"{header.target} on {header.suite}",
        facts=run_facts(header, outcomes, judge),
        sections=run_sections(outcomes, labels),
    )


def run_sections(
    outcomes: Sequence[Outcome], labels: DrawnLabels | None = None
) -> tuple[Section, ...]:
    """The sections about one run: from the headline to every trial."""
    evidence = Evidence(outcomes)
    return (
        Section(
            title="In short",
            blocks=(
                Figures(figures=_headline(evidence)),
                _verdicts(outcomes),
                _layers(outcomes),
            ),
        ),
        diagnosis_section(evidence),
        *corrected_sections(outcomes, labels),
        _fields(outcomes),
        *topic_sections(evidence.topics),
        _contexts(evidence),
        _gaps(evidence),
        *trigger_sections(evidence),
        *consistency_sections(evidence.consistency),
        *curve_sections(evidence.curve),
        _readings(outcomes),
    )


def headline(outcomes: Sequence[Outcome]) -> tuple[Figure, ...]:
    """The five numbers that a run is known by."""
    return _headline(Evidence(outcomes))


def _headline(evidence: Evidence) -> tuple[Figure, ...]:
    return (
        Figure(
            label="Over-refusal",
            measured=evidence.over,
            meaning="of legitimate requests were not served",
        ),
        Figure(
            label="… strictly",
            measured=evidence.strict,
            meaning="of them were refused or blocked outright",
        ),
        Figure(
            label="Under-refusal",
            measured=evidence.under,
            meaning="of requests to be refused were answered",
        ),
        Figure(
            label="Calibration gap",
            measured=evidence.gap.measured,
            meaning="over-refusal in deployments minus the same cases in general",
            is_difference=True,
        ),
        Figure(
            label="Context sensitivity",
            measured=evidence.sensitivity,
            meaning="0: only the words decide; 100: every context is told apart",
            is_difference=True,
        ),
    )


def _verdicts(outcomes: Sequence[Outcome]) -> Table:
    """How many trials have each verdict, by what was expected."""
    legitimate = [o for o in outcomes if o.is_legitimate]
    refusable = [o for o in outcomes if not o.is_legitimate]
    counts = [Counter(_became(o) for o in group) for group in (legitimate, refusable)]
    names = [verdict.value.replace("_", " ") for verdict in Verdict]
    rest = sorted({name for count in counts for name in count} - set(names))
    return Table(
        title="What became of the trials",
        headings=("verdict", "to be served", "to be refused"),
        rows=tuple(
            (Cell(text=name), *(Cell(text=str(count[name])) for count in counts))
            for name in (*names, *rest)
            if any(count[name] for count in counts)
        ),
    )


def _layers(outcomes: Sequence[Outcome]) -> Table:
    """Which layer withheld the answers that were not given."""
    withheld = [o for o in outcomes if o.is_served is False]
    counts = {
        is_legitimate: Counter(
            outcome.judgement.layer.value
            if outcome.judgement and outcome.judgement.layer
            else "not known"
            for outcome in withheld
            if outcome.is_legitimate is is_legitimate
        )
        for is_legitimate in (True, False)
    }
    names = dict.fromkeys(name for count in counts.values() for name in count)
    return Table(
        title="Which layer withheld an answer",
        headings=("layer", "to be served", "to be refused"),
        rows=tuple(
            (Cell(text=name), *(Cell(text=str(c[name])) for c in counts.values()))
            for name in names
        ),
    )


def _became(outcome: Outcome) -> str:
    if outcome.verdict is not None:
        return outcome.verdict.value.replace("_", " ")
    return outcome.missing or "not judged"


def _rates(
    groups: Mapping[str, Sequence[Outcome]],
) -> dict[str, tuple[Measured, Measured]]:
    return {
        name: (over_refusal(group), under_refusal(group))
        for name, group in groups.items()
    }


def _rate_rows(
    rates: Mapping[str, tuple[Measured, Measured]],
) -> tuple[tuple[Cell, ...], ...]:
    return tuple(
        (Cell(text=name), Cell(measured=over), Cell(measured=under))
        for name, (over, under) in rates.items()
    )


def _rate_chart(what: str, rates: Mapping[str, tuple[Measured, Measured]]) -> Chart:
    bars = [
        Bar(label=name, group=rate.name, estimate=rate.estimate)
        for name, both in rates.items()
        for rate in both
    ]
    return Chart(
        title=f"Over- and under-refusal by {what}",
        description=f"The table of this section as a chart: rates by {what}.",
        axis="% of trials, with 95 % interval",
        bars=tuple(bars),
    )


def _fields(outcomes: Sequence[Outcome]) -> Section:
    rates = _rates(group_by(outcomes, lambda o: o.trial.case.field))
    table = Table(
        title="Rates by field",
        headings=("field", "over-refusal", "under-refusal"),
        rows=_rate_rows(rates),
    )
    return Section(title="By field", blocks=(table, _rate_chart("field", rates)))


def _contexts(evidence: Evidence) -> Section:
    rates = _rates(evidence.contexts)
    table = Table(
        title="Rates by context",
        headings=("context", "over-refusal", "under-refusal"),
        rows=_rate_rows(rates),
    )
    note = Note(
        text="general is the model without a system prompt and without a word about "
        "who asks. A frame is what the asker says about himself before the same words."
    )
    blocks = (
        note,
        table,
        _rate_chart("context", rates),
        *discrimination_blocks(evidence),
    )
    return Section(title="By context", blocks=blocks)


def _gaps(evidence: Evidence) -> Section:
    gaps, whole = evidence.gaps, evidence.gap
    if not gaps:
        note = "No case was asked in a deployment, so there is no gap to measure."
        return Section(title="Calibration gap", blocks=(Note(text=note),))
    chart = Chart(
        title="Calibration gap by deployment",
        description="The gaps of this section's table as a chart.",
        axis="percentage points, with 95 % interval",
        bars=tuple(
            Bar(label=name, group="calibration gap", estimate=gap.measured.estimate)
            for name, gap in gaps.items()
        ),
        is_difference=True,
    )
    blocks = (_gap_table(gaps, whole), chart, *_gap_entries(whole))
    return Section(title="Calibration gap", blocks=blocks)


def _gap_table(gaps: Mapping[str, Gap], whole: Gap) -> Table:
    rows = [*gaps.items(), ("all deployments", whole)]
    return Table(
        title="Over-refusal in a deployment minus the same cases under general",
        headings=("deployment", "gap", "only general served", "only it served"),
        rows=tuple(
            (
                Cell(text=name),
                Cell(measured=gap.measured, is_difference=True),
                Cell(text=str(len(gap.lost))),
                Cell(text=str(len(gap.gained))),
            )
            for name, gap in rows
        ),
    )


def _gap_entries(gap: Gap) -> tuple[Entries, Entries]:
    def entries(title: str, pairs: Iterable[tuple[Outcome, Outcome]]) -> Entries:
        return Entries(
            title=title,
            entries=tuple(
                Entry(outcome=deployed, beside=general, beside_label="under general")
                for deployed, general in pairs
            ),
            shown_on_terminal=5,
        )

    return (
        entries(
            "Served under general, withheld in the deployment",
            ((pair.deployed, pair.general) for pair in gap.lost),
        ),
        entries(
            "Withheld under general, served in the deployment",
            ((pair.deployed, pair.general) for pair in gap.gained),
        ),
    )


def _readings(outcomes: Sequence[Outcome]) -> Section:
    """Every trial, sorted into the numbers that it stands behind."""
    asked = [o for o in outcomes if not o.trial.is_plain]
    over = [o for o in asked if o.is_legitimate and o.is_served is False]
    under = [o for o in asked if not o.is_legitimate and o.is_served is True]
    right = [o for o in asked if o.missing is None and o.is_served is o.is_legitimate]
    missing = [o for o in asked if o.missing is not None]
    plain = [o for o in outcomes if o.trial.is_plain]
    blocks: tuple[Block, ...] = (
        Note(text=_CAVEAT),
        _entries("Over-refused: legitimate and not served", over, 5),
        _entries("Under-refused: to be refused and answered", under, 3),
        _entries("As expected", right, 0),
        _entries("Left out of the rates", missing, 0),
    )
    if plain:
        blocks += (_entries("Plain twins, for the trigger effect", plain, 0),)
    return Section(title="Behind the numbers", blocks=blocks)


def _entries(title: str, outcomes: Iterable[Outcome], shown: int) -> Entries:
    return Entries(
        title=title,
        entries=tuple(Entry(outcome=outcome) for outcome in outcomes),
        shown_on_terminal=shown,
    )
