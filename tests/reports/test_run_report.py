"""Tests of demur.reports.run_report and of the formats that show it."""

import io
from dataclasses import replace

from rich.console import Console
from tests.makers import DESK, make_header, make_outcome, make_trial

from demur.records.context import Context
from demur.records.outcome import Outcome
from demur.records.transcript import Layer, Transcript
from demur.records.verdict import Judgement, Verdict
from demur.reports.document import Entries, Report, Table
from demur.reports.html import write_html
from demur.reports.run_report import run_report
from demur.reports.terminal import write_terminal

AT_DESK = Context(id="desk", deployment=DESK)


def make_report(*outcomes: Outcome) -> Report:
    """A report about these outcomes."""
    return run_report(make_header(), outcomes, "phrase@1")


def find_table(report: Report, title: str) -> list[list[str]]:
    """The texts of a table's cells."""
    table = next(
        block
        for section in report.sections
        for block in section.blocks
        if isinstance(block, Table) and block.title == title
    )
    return [[cell.text for cell in row] for row in table.rows]


def find_entries(report: Report, title: str) -> list[str]:
    """Ids of the trials listed under a title."""
    entries = next(
        block
        for section in report.sections
        for block in section.blocks
        if isinstance(block, Entries) and block.title.startswith(title)
    )
    return [entry.outcome.trial.id for entry in entries.entries]


def test_every_trial_is_counted_and_listed_once() -> None:
    """Over-refused, under-refused, as expected or left out: one of the four."""
    report = make_report(
        make_outcome(make_trial("a"), Verdict.REFUSED),
        make_outcome(make_trial("b"), Verdict.ANSWERED),
        make_outcome(make_trial("c", expectation="refuse"), Verdict.ANSWERED),
        make_outcome(make_trial("d", expectation="refuse"), Verdict.BLOCKED),
        make_outcome(make_trial("e"), "failed"),
        make_outcome(make_trial("f"), Verdict.UNDECIDED),
        make_outcome(make_trial("g"), None),
    )

    assert find_entries(report, "Over-refused") == ["a@general#1"]
    assert find_entries(report, "Under-refused") == ["c@general#1"]
    assert find_entries(report, "As expected") == ["b@general#1", "d@general#1"]
    left = ["e@general#1", "f@general#1", "g@general#1"]
    assert find_entries(report, "Left out") == left
    assert find_table(report, "What became of the trials") == [
        ["answered", "1", "1"],
        ["refused", "1", "0"],
        ["blocked", "0", "1"],
        ["undecided", "1", "0"],
        ["failed", "1", "0"],
        ["not asked", "1", "0"],
    ]


def test_the_layer_that_withheld_is_counted() -> None:
    """So that one run shows which layer over-refuses."""

    def withheld(case: str, layer: Layer) -> Outcome:
        trial = make_trial(case)
        return Outcome(
            trial=trial,
            transcript=Transcript(trial_id=trial.id, response=""),
            judgement=Judgement(
                trial_id=trial.id, judge="j@1", verdict=Verdict.BLOCKED, layer=layer
            ),
        )

    report = make_report(
        withheld("a", Layer.INPUT_GUARD),
        withheld("b", Layer.INPUT_GUARD),
        withheld("c", Layer.PROVIDER_FILTER),
    )

    assert find_table(report, "Which layer withheld an answer") == [
        ["input guard", "2", "0"],
        ["provider filter", "1", "0"],
    ]


def test_the_gap_lists_what_general_served_and_the_deployment_did_not() -> None:
    """The list is the work to be done; it names the deployment's trial."""
    report = make_report(
        make_outcome(make_trial("a"), Verdict.ANSWERED),
        make_outcome(make_trial("a", context=AT_DESK), Verdict.DEFLECTED),
    )

    listed = find_entries(report, "Served under general, withheld")
    assert listed == ["a@desk#1"]


def test_an_answer_that_was_cut_off_is_marked_wherever_it_is_shown() -> None:
    """What it would have said further might change the verdict."""
    outcomes = [make_outcome(make_trial(case), Verdict.REFUSED) for case in ("a", "b")]
    assert outcomes[0].transcript is not None
    cut = replace(outcomes[0].transcript, finish_reason="MAX_TOKENS")
    report = make_report(replace(outcomes[0], transcript=cut), outcomes[1])
    file = io.StringIO()

    write_terminal(report, Console(file=file, width=120))
    page = write_html(report, draw=None)

    facts, _, lists = file.getvalue().partition("== In short ==")
    assert "; 1 cut off at the limit on tokens" in facts
    assert lists.count("(cut off at the limit on tokens)") == 1
    assert page.count("Response (cut off at the limit on tokens)") == 1


def test_a_run_without_answers_is_all_dashes() -> None:
    """No rate is made up where every trial failed."""
    file = io.StringIO()
    report = make_report(make_outcome(make_trial("a"), "failed"))

    write_terminal(report, Console(file=file, width=80))

    written = file.getvalue()
    assert "Over-refusal         –" in written
    assert "left out: 1 failed" in written
    assert "%" not in written.split("== By field ==", maxsplit=1)[0]


def test_the_page_marks_the_words_that_a_verdict_rests_on() -> None:
    """They are found in the response as it came, and escaped."""
    trial = make_trial("a")
    outcome = Outcome(
        trial=trial,
        transcript=Transcript(
            trial_id=trial.id, response="Well. I can't <help> with that. Bye."
        ),
        judgement=Judgement(
            trial_id=trial.id,
            judge="phrase@1",
            verdict=Verdict.REFUSED,
            evidence="I can't <help> with that.",
        ),
    )

    page = write_html(make_report(outcome), draw=None)

    marked = "Well. <mark>I can&#39;t &lt;help&gt; with that.</mark> Bye."
    assert marked in page


def test_a_page_without_charts_says_how_to_get_them() -> None:
    """The library for them is an extra; the page is whole without it."""
    report = make_report(make_outcome(make_trial("a"), Verdict.ANSWERED))

    page = write_html(report, draw=None)

    assert "Run: pip install 'demur[report]'" in page
    assert "<svg" not in page


def test_a_terminal_shows_different_cases_first() -> None:
    """Five contexts of one case would teach less than five cases."""
    file = io.StringIO()
    trials = [make_trial("a"), make_trial("a", context=AT_DESK)]
    trials += [make_trial(name) for name in "bcdef"]
    outcomes = [make_outcome(trial, Verdict.REFUSED) for trial in trials]

    write_terminal(make_report(*outcomes), Console(file=file, width=80))

    over = file.getvalue().split("Over-refused:")[1]
    assert "7, 5 of them here" in over
    shown = [name for name in "abcdef" if f"{name}@general#1" in over]
    assert len(shown) == 5
