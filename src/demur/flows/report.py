"""Stored runs → reports."""

from collections.abc import Callable
from dataclasses import replace

from demur.flows.cost import Bill
from demur.flows.find_run import find_run
from demur.flows.judge import judge_run
from demur.flows.read_labels import read_labels
from demur.judges.base import Judge
from demur.judges.panel import PanelJudge
from demur.reports.document import Report
from demur.reports.judged_run import JudgedRun
from demur.reports.panel_section import panel_sections
from demur.reports.run_report import run_report
from demur.stores.base import Store


async def read_run(
    store: Store,
    name: str,
    judge: Judge,
    where: str,
    announce: Callable[[Bill], None] = lambda _: None,
) -> JudgedRun:
    """A run by its name; what the judge has not judged of it is judged first.

    Args:
        store: Where the run is.
        name: Of the run.
        judge: Whose judgements are wanted.
        where: What the store is called.
        announce: Told what asking the judge's models will take, before any is asked.

    Raises:
        UnknownNameError: If no run of the store, called ``where``, has the name.
    """
    header = find_run(store, name, where)
    await judge_run(store, header.id, judge, announce)
    outcomes = store.outcomes(header.id, judge.name)
    names = [m.name for m in judge.judges] if isinstance(judge, PanelJudge) else []
    return JudgedRun(
        header=header,
        outcomes=outcomes,
        judge=judge.name,
        members={name: store.outcomes(header.id, name) for name in names},
    )


def with_labels(run: JudgedRun, path: str) -> JudgedRun:
    """The run with people's labels of its responses, from a file.

    Raises:
        InputError: If the file cannot be read or does not fit the run.
    """
    return replace(run, labels=read_labels(path, run.outcomes))


def report_run(run: JudgedRun) -> Report:
    """One run → Report."""
    report = run_report(run.header, run.outcomes, run.judge, run.labels)
    return replace(report, sections=(*report.sections, *panel_sections(run)))
