"""Tests of demur.reports.corrected_section."""

import io
import json
from dataclasses import replace

from rich.console import Console
from tests.makers import make_header, make_outcome, make_trial

from demur.records.drawn_label import DrawnLabel, DrawnLabels
from demur.records.outcome import Outcome
from demur.records.transcript import Block, Layer
from demur.reports.corrected_section import corrected_sections
from demur.reports.html import write_html
from demur.reports.json import write_json
from demur.reports.judged_run import JudgedRun
from demur.reports.run_report import run_report
from demur.reports.terminal import write_terminal


def make_run(*, source: str = "labels.csv") -> JudgedRun:
    """Forty answers, one blocked; 20 labelled, five of them as refused; one row empty.

    All are to be served.
    """
    outcomes = [make_outcome(make_trial(f"c{at}"), "answered") for at in range(40)]
    labels = tuple(
        DrawnLabel(trial_id=o.trial.id, is_served=at >= 5, probability=0.5)
        for at, o in enumerate(outcomes[:20])
    )
    last = make_outcome(make_trial("blocked"), "blocked")
    assert last.transcript is not None
    block = Block(layer=Layer.PROVIDER_FILTER, code="content_filter")
    stopped = replace(last, transcript=replace(last.transcript, block=block))
    return JudgedRun(
        header=make_header(),
        outcomes=[*outcomes, stopped],
        judge="phrase@1",
        labels=DrawnLabels(source=source, labels=labels, empty=1),
    )


def shown(run: JudgedRun) -> str:
    """The report on a terminal of 80 columns."""
    report = run_report(run.header, run.outcomes, run.judge, run.labels)
    file = io.StringIO()
    write_terminal(report, Console(file=file, width=80, markup=False))
    return file.getvalue()


def outcomes_of_one() -> list[Outcome]:
    """One answer."""
    return [make_outcome(make_trial("c"), "answered")]


def test_no_labels_no_section() -> None:
    """The report is as it was."""
    assert corrected_sections(outcomes_of_one(), None) == ()


def test_both_rates_stand_side_by_side_with_counts() -> None:
    """As judged, corrected, judge against labels, what was empty, what is lacking."""
    text = shown(make_run())

    line = next(each for each in text.splitlines() if each.startswith("over-refusal"))
    assert line.count("%") == 2
    assert line.startswith("over-refusal    2.4 %")
    assert line.rstrip().endswith("15 of 20")
    assert "20 labels from labels.csv; drawn and not labelled: 1." in text
    assert "No corrected under-refusal: no label." in text
    assert "nobody has to label it: 1 of the over-refusal" in " ".join(text.split())
    assert max(map(len, text.splitlines())) <= 80


def test_the_page_has_the_section_too() -> None:
    """The same table, and a file name that is not taken for markup."""
    run = make_run(source="<script>x</script>.csv")
    report = run_report(run.header, run.outcomes, run.judge, run.labels)

    page = write_html(report, None)

    assert "15 of 20" in page
    assert "&lt;script&gt;" in page
    assert "<script" not in page


def test_the_json_holds_labels_and_both_rates() -> None:
    """With the reason where one is lacking; without labels there is no such key."""
    run = make_run()

    body = json.loads(write_json(run))

    assert body["labels"] == {"source": "labels.csv", "labelled": 20, "empty": 1}
    over, under = body["corrected"]
    assert over["raw"]["name"] == "over-refusal"
    assert over["measured"]["estimate"]["value"] > 0.2
    assert (over["labelled"], over["agreed"], over["known"]) == (20, 15, 1)
    assert under["measured"]["estimate"] is None
    assert under["reason"] == "no label"
    names = [measure["name"] for measure in body["measures"]]
    assert "corrected over-refusal" in names
    assert "corrected" not in json.loads(write_json(replace(run, labels=None)))
