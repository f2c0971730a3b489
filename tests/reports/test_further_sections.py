"""Tests of the sections of a report that only some runs have."""

import io
import re
from dataclasses import replace

from rich.console import Console
from tests.makers import make_header, make_outcome, make_trial

from demur.records.context import GENERAL
from demur.records.outcome import Outcome
from demur.records.trial import Trial
from demur.reports.html import write_html
from demur.reports.run_report import run_report
from demur.reports.terminal import write_terminal


def ask(name: str, *became: str) -> list[Outcome]:
    """Samples of a case on which three of four people voted to answer."""
    trial = make_trial(name)
    expected = replace(trial.expected, votes={"answer": 3, "refuse": 1})
    case = replace(trial.case, expected={GENERAL: expected}, topic=f"on {name}")
    return [
        make_outcome(Trial(case=case, context=trial.context, sample=number), verdict)
        for number, verdict in enumerate(became, 1)
    ]


def written(outcomes: list[Outcome]) -> tuple[str, str]:
    """The report on a terminal, and as a page."""
    report = run_report(make_header(), outcomes, "phrase@1")
    file = io.StringIO()
    write_terminal(report, Console(file=file, width=80))
    return file.getvalue(), write_html(report, draw=None)


def test_samples_that_differ_and_votes_have_their_sections() -> None:
    """One of two flips; of those at 75 % legitimacy three of four were served."""
    terminal, page = written(
        [*ask("a", "answered", "refused"), *ask("b", "answered", "answered")]
    )

    for text in (terminal, page):
        assert "Consistency" in text
        assert "Calibration curve" in text
    assert re.search(r"Served or not +50\.0 % \[", terminal)
    assert "0.0 points apart" in terminal


def test_a_run_without_them_has_no_empty_section() -> None:
    """One sample each, nobody asked to vote, one topic."""
    terminal, page = written([make_outcome(make_trial("a"), "answered")])

    for title in ("Consistency", "Calibration curve", "By topic", "Trigger words"):
        assert title not in terminal
        assert f">{title}<" not in page


def test_topics_are_in_the_page_and_not_on_the_terminal() -> None:
    """Fourteen lines of intervals would bury the rest."""
    terminal, page = written([*ask("a", "answered"), *ask("b", "refused")])

    assert "Rates by topic" not in terminal
    assert "<h3>Rates by topic</h3>" in page
    assert 'class="wide"' in page
