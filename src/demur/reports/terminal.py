"""A report on a terminal: readable without colour, in a CI log, at 80 columns."""

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table as RichTable
from rich.text import Text

from demur.measures.base import Measured
from demur.records.verdict import Verdict
from demur.reports.document import (
    Block,
    Cell,
    Chart,
    Entries,
    Entry,
    Facts,
    Figures,
    Note,
    Report,
    Statements,
    Table,
)
from demur.reports.text import left_out, number, printable, shorten

_WIDEST = 100
"""Columns used at most: longer lines are hard to read."""


def write_terminal(report: Report, console: Console) -> None:
    """Write the report to a console. Colour is the console's to decide."""
    width = min(console.width, _WIDEST)
    console.print()
    console.print(Text(printable(report.title), style="bold"), width=width)
    console.print(_facts(report.facts), width=width)
    for section in report.sections:
        if section.is_detail:
            continue
        parts = [part for block in section.blocks for part in _block(block)]
        if parts:
            console.print()
            console.print(_heading(section.title), width=width)
            console.print(Group(*parts), width=width)


def _heading(title: str) -> Text:
    return Text(f"== {printable(title)} ==", style="bold")


def _facts(block: Facts) -> RichTable:
    table = RichTable.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for label, value in block.facts:
        table.add_row(printable(label), shorten(value, 200))
    return table


def _block(block: Block) -> list[RenderableType]:
    """What a block looks like here; a chart's numbers stand in the table beside it."""
    if isinstance(block, Entries):
        return _entries(block)
    shown = _single(block)
    return [] if shown is None else [shown, Text()]


def _single(
    block: Statements | Note | Facts | Figures | Table | Chart,
) -> RenderableType | None:
    match block:
        case Note():
            return Text(printable(block.text))
        case Facts():
            return _facts(block)
        case Figures():
            return _figures(block)
        case Statements():
            return _statements(block)
        case Table(rows=()) | Chart():
            return None
        case Table():
            return _table(block)


def _statements(block: Statements) -> RichTable:
    table = RichTable.grid(padding=(0, 1))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for statement in block.statements:
        text = Text(printable(statement.text))
        text.append(f"  → {printable(statement.section)}", style="dim")
        table.add_row("-", text)
    return table


def _figures(block: Figures) -> RichTable:
    table = RichTable.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for figure in block.figures:
        written = number(figure.measured, is_difference=figure.is_difference)
        table.add_row(
            printable(figure.label),
            Group(
                Text(written, style="bold"),
                Text(printable(figure.meaning)),
                Text(_count(figure.measured), style="dim"),
            ),
        )
    return table


def _count(measured: Measured) -> str:
    return (
        f"n = {measured.trials} in {measured.families} families, "
        f"left out: {left_out(measured)}"
    )


def _table(block: Table) -> RichTable:
    table = RichTable(
        title=printable(block.title),
        title_justify="left",
        title_style="",
        box=box.SIMPLE_HEAD,
        padding=(0, 1),
        pad_edge=False,
        show_edge=False,
    )
    for index, heading in enumerate(block.headings):
        table.add_column(
            printable(heading), overflow="fold", ratio=1 if index else None
        )
    for row in block.rows:
        table.add_row(*(_cell(cell) for cell in row))
    return table


def _cell(cell: Cell) -> Text:
    if cell.measured is None or cell.text:
        return Text(printable(cell.text))
    written = number(
        cell.measured,
        is_difference=cell.is_difference,
        is_coefficient=cell.is_coefficient,
    )
    text = Text(written)
    text.append(f"\nn = {cell.measured.trials}", style="dim")
    if any(cell.measured.left_out.values()):
        text.append(f", left out: {left_out(cell.measured)}", style="dim")
    return text


def _entries(block: Entries) -> list[RenderableType]:
    count = len(block.entries)
    shown = min(block.shown_on_terminal, count)
    if block.shown_on_terminal == 0:
        return [Text(f"{printable(block.title)}: {count}")]
    rest = f", {shown} of them here" if 0 < shown < count else ""
    heading = Text(f"{printable(block.title)}: {count}{rest}", style="bold")
    return [heading, *(_entry(entry) for entry in _varied(block)), Text()]


def _varied(block: Entries) -> list[Entry]:
    """As many entries as a terminal shows, of different cases where there are."""
    first = {entry.outcome.trial.case.id: entry for entry in reversed(block.entries)}
    chosen = list(reversed(first.values()))[: block.shown_on_terminal]
    rest = [entry for entry in block.entries if entry not in chosen]
    return chosen + rest[: block.shown_on_terminal - len(chosen)]


def _entry(entry: Entry) -> Padding:
    outcome = entry.outcome
    lines = [
        Text(printable(outcome.trial.id), style="cyan"),
        Text(f"asked     {shorten(outcome.trial.user_words, 130)}"),
        _said(entry),
        *_beside(entry),
    ]
    return Padding(Group(*lines), (0, 0, 0, 2))


def _said(entry: Entry) -> Text:
    outcome = entry.outcome
    verdict = outcome.verdict
    word = verdict.value.replace("_", " ") if verdict else outcome.missing or ""
    evidence = outcome.judgement.evidence if outcome.judgement else ""
    if not evidence and entry.beside is not None:
        evidence = outcome.transcript.response if outcome.transcript else ""
    style = "green" if verdict is Verdict.ANSWERED else "red"
    text = Text(f"{word:<9} ", style=style)
    text.append(shorten(evidence, 160), style="default")
    if outcome.transcript is not None and outcome.transcript.is_truncated:
        text.append("  (cut off at the limit on tokens)", style="dim")
    if entry.label is not None:
        text.append(f"  (labelled {entry.label})", style="dim")
    if entry.beside is not None and entry.beside.verdict is not None:
        was = entry.beside.verdict.value.replace("_", " ")
        text.append(f"  ({entry.beside_label}: {was})", style="dim")
    return text


def _beside(entry: Entry) -> list[Text]:
    """What was said there, where anything was."""
    beside = entry.beside
    if beside is None or beside.transcript is None or not beside.transcript.response:
        return []
    said = shorten(beside.transcript.response, 130)
    return [Text(f"{printable(entry.beside_label):<9} {said}", style="dim")]
