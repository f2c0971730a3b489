"""The section of a report about rates corrected by people's labels."""

from collections.abc import Sequence

from demur.measures.corrected_rate import (
    CorrectedRate,
    corrected_over_refusal,
    corrected_under_refusal,
)
from demur.records.drawn_label import DrawnLabels
from demur.records.outcome import Outcome
from demur.reports.document import Block, Cell, Note, Section, Table
from demur.reports.text import DASH

_NOTE = (
    "The rates as judged take every verdict for right. Corrected, they rest on what "
    "people said of a random part of the responses, and on the verdicts only as far "
    "as these agree with people; their intervals hold the doubt of both. This "
    "supposes that the labels are right, and that chance alone chose what was labelled."
)


def corrected_rates(
    outcomes: Sequence[Outcome], labels: DrawnLabels
) -> tuple[CorrectedRate, ...]:
    """The rates that are corrected: over-refusal and under-refusal."""
    return (
        corrected_over_refusal(outcomes, labels.labels),
        corrected_under_refusal(outcomes, labels.labels),
    )


def corrected_sections(
    outcomes: Sequence[Outcome], labels: DrawnLabels | None
) -> tuple[Section, ...]:
    """The section, if people labelled."""
    if labels is None:
        return ()
    rates = corrected_rates(outcomes, labels)
    table = Table(
        title="Rates as judged, and corrected",
        headings=("rate", "as judged", "corrected", "judge right on labels"),
        rows=tuple(_row(rate) for rate in rates),
    )
    notes = [*_reasons(rates), Note(text=_NOTE)]
    blocks: tuple[Block, ...] = (Note(text=_source(labels)), table, *notes)
    return (Section(title="Corrected by people's labels", blocks=blocks),)


def _row(rate: CorrectedRate) -> tuple[Cell, ...]:
    return (
        Cell(text=rate.raw.name),
        Cell(measured=rate.raw),
        Cell(measured=rate.measured),
        Cell(text=f"{rate.agreed} of {rate.labelled}" if rate.labelled else DASH),
    )


def _source(labels: DrawnLabels) -> str:
    said = f"{len(labels.labels)} labels from {labels.source}"
    if labels.empty:
        said += f"; drawn and not labelled: {labels.empty}"
    return f"{said}."


def _reasons(rates: Sequence[CorrectedRate]) -> list[Note]:
    """What a reader has to know of single rates: why none, or what needed no label."""
    notes = [
        Note(text=f"No corrected {rate.raw.name}: {rate.reason}.")
        for rate in rates
        if rate.reason
    ]
    notes += [
        Note(
            text="Blocked, as the protocol says, so that nobody has to label it: "
            f"{rate.known} of the {rate.raw.name}."
        )
        for rate in rates
        if rate.known
    ]
    return notes
