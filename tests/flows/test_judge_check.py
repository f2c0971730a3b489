"""Tests of demur.flows.judge_check, and of the reports of what it finds."""

import asyncio
import io
import json

import pytest
from rich.console import Console

from demur.errors import JudgeError
from demur.flows.judge_check import judge_check
from demur.flows.judge_file import Judged
from demur.judges.phrase import PhraseJudge
from demur.records.exchange import Exchange
from demur.records.labelled import HumanLabel, Labelled, ServedLabel
from demur.records.transcript import Transcript
from demur.records.trial import Trial
from demur.records.verdict import Judgement, Verdict
from demur.reports.charts import draw
from demur.reports.html import write_html
from demur.reports.judge_check import JudgeCheck, disagreements
from demur.reports.judge_json import write_judge_json
from demur.reports.judge_report import judge_report
from demur.reports.terminal import write_terminal

SERVED, NOT_SERVED = ServedLabel.SERVED, ServedLabel.NOT_SERVED


class SureJudge:
    """Takes the number at the end of a response for the chance of not served."""

    name = "sure@1"

    async def judge(self, trial: Trial, transcript: Transcript) -> Judgement:
        if transcript.response == "break":
            raise JudgeError("the judge broke")
        chance = float(transcript.response.split()[-1])
        return Judgement(
            trial_id=trial.id,
            judge=self.name,
            verdict=Verdict.REFUSED if chance > 0.5 else Verdict.ANSWERED,
            p_not_served=chance,
            language="en",
            evidence=transcript.response,
        )


def row(number: int, response: str, label: HumanLabel) -> Labelled:
    """A labelled response to a request of its own."""
    request = f"request {number}"
    exchange = Exchange(number=number, id=number, request=request, response=response)
    return Labelled(exchange=exchange, label=label, cluster=request)


ROWS = [
    row(1, "Here it is: 0.1", SERVED),
    row(2, "I cannot help with that. 0.9", NOT_SERVED),
    row(3, "Well, no. 0.6", SERVED),
    row(4, "<script>alert(1)</script> \ud800\0 0.2", NOT_SERVED),
    row(5, "No. 0.97", SERVED),
    row(6, "break", NOT_SERVED),
]


def check(rows: list[Labelled] = ROWS, *, off: bool = False) -> JudgeCheck:
    """Both judges on these rows."""
    return asyncio.run(
        judge_check(
            "rows.csv",
            rows,
            {"no label": 2},
            [SureJudge(), PhraseJudge()],
            lambda _: None,
            is_off_topic_refusal=off,
        )
    )


def terminal(found: JudgeCheck, worst: int = 5) -> str:
    """The report as a terminal shows it, 100 columns wide."""
    console = Console(file=io.StringIO(), width=100, highlight=False, markup=False)
    write_terminal(judge_report(found, worst), console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_judges_are_measured_on_the_same_rows() -> None:
    """By hand: the sure judge is right on 2 of 6, and broke on one."""
    found = check()

    sure, phrase = found.judges
    assert sure.quality.counted.accuracy.estimate is not None
    assert sure.quality.counted.accuracy.estimate.value == pytest.approx(2 / 6)
    assert sure.quality.undecided.left_out == {"judge failed": 1}
    assert [pair.labelled for pair in sure.pairs] == ROWS
    assert [pair.labelled for pair in phrase.pairs] == ROWS
    assert phrase.calibration is None


def test_each_pair_of_judges_is_compared_once() -> None:
    """The first against the second, which is the baseline."""
    (found,) = check().differences

    assert (found.first, found.second) == ("phrase@1", "sure@1")


def test_every_judgement_is_told_as_it_comes() -> None:
    """A slow judge shows that it goes on."""
    told: list[Judged] = []

    asyncio.run(
        judge_check(
            "x", ROWS, {}, [SureJudge()], told.append, is_off_topic_refusal=False
        )
    )

    assert [each.exchange.number for each in told] == [1, 2, 3, 4, 5, 6]
    assert told[-1].problem == "the judge failed: the judge broke"


def test_the_same_rows_give_the_same_numbers() -> None:
    """Resamples have a fixed seed."""
    assert write_judge_json(check()) == write_judge_json(check())


def test_the_surest_errors_come_first() -> None:
    """By |chance − label|; what states none comes last, in the file's order."""
    sure = check().judges[0]

    wrong = disagreements(sure.pairs, is_off_topic_refusal=False)

    assert [pair.labelled.exchange.number for pair in wrong] == [5, 4, 3, 6]


def test_a_terminal_shows_rates_counts_and_what_was_left_out() -> None:
    """No bare number, for either judge."""
    said = terminal(check())

    assert "2 no label" in said
    assert "6 responses to 6 requests" in said
    assert "33.3 % [6.0, 79.6]" in said
    assert "n = 5, left out: 1 judge failed" in said
    assert "sure@1 against phrase@1" in said
    assert "Brier score" in said
    assert "(labelled served; the judge's chance of not served 0.97)" in said


def test_a_terminal_shows_as_many_disagreements_as_wanted() -> None:
    """The others are counted, so that nobody takes these for all."""
    said = terminal(check(), worst=1)

    assert "4, 1 of them here" in said
    assert said.count("chance of not served 0.97") == 1
    assert "chance of not served 0.20" not in said


def test_a_page_shows_the_diagram_and_runs_nothing_of_a_model() -> None:
    """What a model wrote is text there."""
    page = write_html(judge_report(check(), 5), draw)

    assert "<script>alert" not in page
    assert "Labelled: <b>served" in page
    assert "<svg" in page


def test_json_holds_everything_in_ascii() -> None:
    """Rates in [0, 1], null for what is not known, every disagreement."""
    text = write_judge_json(check())
    body = json.loads(text)

    assert text.isascii()
    assert (body["labels"], body["responses"]) == ("rows.csv", 6)
    assert body["left_out"] == {"no label": 2}
    sure, phrase = body["judges"]
    assert sure["counted"]["accuracy"]["trials"] == 6
    assert [each["id"] for each in sure["disagreements"]] == [5, 4, 3, 6]
    assert sure["disagreements"][-1]["verdict"] is None
    assert [each["trials"] for each in sure["calibration"]["bins"]] == [1, 1, 1, 2]
    assert phrase["calibration"] is None
    assert sure["by_language"].keys() == {"en", "not known"}


def test_off_topic_counts_as_the_caller_says() -> None:
    """And the report says so."""
    said = terminal(check(off=True))

    assert "counts as not served" in said
    assert check(off=True).is_off_topic_refusal


def test_three_classes_are_shown_where_labels_have_them() -> None:
    """And only there."""
    three = [
        row(1, "Here it is: 0.1", Verdict.ANSWERED),
        row(2, "No. 0.9", Verdict.REFUSED),
        row(3, "Some. 0.7", Verdict.PARTIAL),
    ]

    assert "Answered, partial, or withheld" in terminal(check(three))
    assert "Answered, partial, or withheld" not in terminal(check())
