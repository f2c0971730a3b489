"""What a report about a gate says, and in which order."""

from demur.reports.document import Cell, Facts, Note, Report, Section, Table
from demur.reports.gate_result import GateResult
from demur.reports.gate_words import BY_FAMILY, explained, guard_line, how_sure


def gate_report(result: GateResult, *, is_explained: bool = False) -> Report:
    """The conditions with what was found of each, and how sure that is.

    Args:
        result: What the gate found.
        is_explained: Whether to say why, and what would decide.
    """
    header = result.run.header
    sections = [Section(title="Conditions", blocks=(_table(result), *_notes(result)))]
    if is_explained:
        notes = tuple(Note(text=explained(each, result)) for each in result.checked)
        sections.append(Section(title="Why", blocks=notes))
    return Report(
        title=f"Gate for {header.target} on {header.suite}",
        facts=Facts(facts=gate_facts(result)),
        sections=tuple(sections),
    )


def gate_facts(result: GateResult) -> tuple[tuple[str, str], ...]:
    """Which run was tested, against which, by whose verdicts."""
    header = result.run.header
    before = result.before
    baseline = (("baseline", before.label),) if before is not None else ()
    return (
        ("run", f"{header.id}, started {header.started}"),
        *baseline,
        ("judge", result.run.judge),
    )


def _table(result: GateResult) -> Table:
    return Table(
        title="",
        headings=("condition", "found", "answer"),
        rows=tuple(
            (
                Cell(text=str(each.condition)),
                Cell(
                    measured=each.measured,
                    is_difference=not each.condition.quantity.is_rate,
                ),
                Cell(text=each.answer.value.upper()),
            )
            for each in result.checked
        ),
    )


def _notes(result: GateResult) -> tuple[Note, ...]:
    guard = guard_line(result)
    texts = [how_sure(result)]
    texts += [BY_FAMILY] if result.is_by_family else []
    texts += [guard] if guard is not None else []
    return tuple(Note(text=text) for text in texts)
