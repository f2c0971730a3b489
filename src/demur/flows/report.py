"""Stored runs → reports."""

from demur.records.run import RunHeader
from demur.reports.compare_report import compare_report
from demur.reports.document import Report
from demur.reports.judged_run import JudgedRun
from demur.reports.run_report import run_report
from demur.stores.base import Store


def read_run(store: Store, header: RunHeader, judge: str) -> JudgedRun:
    """A run with its outcomes under one judge."""
    outcomes = store.outcomes(header.id, judge)
    return JudgedRun(header=header, outcomes=outcomes, judge=judge)


def report_run(run: JudgedRun) -> Report:
    """One run → Report."""
    return run_report(run.header, run.outcomes, run.judge)


def report_change(before: JudgedRun, after: JudgedRun) -> Report:
    """Two runs → Report: what changed, and each in full."""
    return compare_report(before, after)
