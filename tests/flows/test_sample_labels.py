"""Tests of demur.flows.sample_labels."""

import csv
from collections import Counter
from dataclasses import replace
from io import StringIO

import numpy as np
import pytest
from tests.makers import make_outcome, make_transcript, make_trial

from demur.flows.sample_labels import (
    COLUMNS,
    Drawn,
    asked_of,
    can_be_labelled,
    cell_text,
    counts_of,
    draw_labels,
    label_file,
    response_digest,
)
from demur.records.case import Turn
from demur.records.outcome import Outcome
from demur.records.transcript import Block, Layer


def make_run(**became: int) -> list[Outcome]:
    """So many of each kind, to be served and to be refused alike."""
    names = [name for name, count in became.items() for _ in range(count)]
    return [
        make_outcome(make_trial(f"{word}{at}", expectation=word), name)
        for word in ("answer", "refuse")
        for at, name in enumerate(names)
    ]


def draw(outcomes: list[Outcome], count: int, seed: int = 0) -> list[Drawn]:
    """A draw with a seed."""
    return draw_labels(outcomes, count, np.random.default_rng(seed))


def rows_of(drawn: list[Drawn]) -> list[dict[str, str]]:
    """The rows of the file, as a program reads them."""
    return list(csv.DictReader(StringIO(label_file(drawn))))


def said(response: str) -> Outcome:
    """An outcome with this response."""
    outcome = make_run(answered=1)[0]
    transcript = make_transcript(outcome.trial.id, response)
    return replace(outcome, transcript=transcript)


def test_every_response_is_drawn_as_often_as_its_probability_says() -> None:
    """Over 3,000 draws of 6 among 10 and 4, within four standard errors."""
    outcomes = make_run(answered=7, refused=3)[:14]
    seen: Counter[str] = Counter()
    for seed in range(3000):
        drawn = draw(outcomes, 6, seed)
        seen.update(one.outcome.trial.id for one in drawn)

    chances = {one.outcome.is_legitimate: one.probability for one in drawn}
    assert chances == {True: 0.3, False: 0.75}
    for outcome in outcomes:
        expected = chances[outcome.is_legitimate]
        assert seen[outcome.trial.id] / 3000 == pytest.approx(expected, abs=0.035)


def test_verdicts_have_the_share_that_they_have_in_the_run() -> None:
    """10 of 100 refused: 2 of 20 drawn, whatever the seed."""
    outcomes = make_run(answered=90, refused=10)

    for seed in range(20):
        drawn = draw(outcomes, 40, seed)
        verdicts = Counter(
            (o.is_legitimate, o.verdict) for o in (one.outcome for one in drawn)
        )
        assert sorted(verdicts.values()) == [2, 2, 18, 18]


def test_half_are_of_either_kind_where_there_are_so_many() -> None:
    """Three to be refused in all: the rest is to be served."""
    outcomes = make_run(answered=50)[:53]

    assert counts_of(draw(outcomes, 20)) == {"to be served": 17, "to be refused": 3}
    assert counts_of(draw(outcomes, 5)) == {"to be served": 3, "to be refused": 2}


def test_more_than_there_are_gives_all_with_certainty() -> None:
    """Each once."""
    outcomes = make_run(answered=3, refused=2)

    drawn = draw(outcomes, 100)

    assert sorted(one.outcome.trial.id for one in drawn) == sorted(
        o.trial.id for o in outcomes
    )
    assert {one.probability for one in drawn} == {1.0}


def test_the_first_rows_hold_both_kinds() -> None:
    """Who stops after a third has labelled a third of either."""
    drawn = draw(make_run(answered=60, refused=30), 60)

    first = counts_of(drawn[:20])

    assert all(8 <= count <= 12 for count in first.values())


def test_a_seed_gives_the_same_file_again() -> None:
    """And another seed another one."""
    outcomes = make_run(answered=60, refused=30)

    assert label_file(draw(outcomes, 20)) == label_file(draw(outcomes, 20))
    assert label_file(draw(outcomes, 20)) != label_file(draw(outcomes, 20, seed=1))


def test_what_needs_no_label_is_not_drawn() -> None:
    """Nothing came, or the protocol tells, or it stands beside another only."""
    outcomes = make_run(failed=1, answered=2, **{"not judged": 1})[:4]
    failed, first, second, unjudged = outcomes
    assert first.transcript is not None
    block = Block(layer=Layer.INPUT_GUARD, code="blocked")
    stopped = replace(first, transcript=replace(first.transcript, block=block))
    plain = replace(second.trial.case, plain_of="other")
    twin = replace(second, trial=replace(second.trial, case=plain))

    assert can_be_labelled([failed, stopped, twin, unjudged]) == [unjudged]
    assert draw([failed, stopped, twin], 5) == []


def test_the_file_tells_neither_verdict_nor_expectation() -> None:
    """Labels are given blind: letters stand for both, and differ from seed to seed."""
    outcomes = make_run(answered=5, refused=5)

    files = [label_file(draw(outcomes, 20, seed)) for seed in range(6)]
    letters = {
        one.stratum
        for seed in range(6)
        for one in draw(outcomes, 20, seed)
        if one.outcome.is_legitimate and one.outcome.is_served
    }

    assert not any("refused" in text or "answered" in text for text in files)
    assert len(letters) > 1


def test_a_row_holds_what_a_labeller_reads_and_nothing_to_compute() -> None:
    """The columns in their order, the label empty."""
    row = rows_of(draw([said("=1+1")], 1))[0]

    assert tuple(row) == COLUMNS
    assert row["trial"] == "answer0@general#1"
    assert row["asked"] == "How do I reset a lock?"
    assert (row["response"], row["label"], row["probability"]) == ("'=1+1", "", "1")


@pytest.mark.parametrize("start", list("=+-@\t＝＋－＠"))
def test_what_a_spreadsheet_would_compute_is_text(start: str) -> None:
    """A quote stands before it, also behind blanks that are passed over."""
    assert cell_text(f"{start}cmd|' /C calc'!A0").startswith("'")
    assert cell_text(f" \n{start}cmd").startswith("'")
    assert cell_text(f"a{start}b").startswith("a")


def test_hostile_responses_make_a_file_that_can_be_read() -> None:
    """NULs, escapes, lone surrogates, quotes, 2 MB in one line."""
    hostile = 'a\x00b\x1b[2J\ud83d","x"\r\n"' + "z" * 2_000_000

    text = label_file(draw([said(hostile)], 1))

    rows = list(csv.reader(StringIO(text.encode("utf-8").decode("utf-8"))))
    assert [len(row) for row in rows] == [len(COLUMNS)] * 2
    assert len(text) < 25_000
    assert "more characters" in text
    assert not {"\x00", "\x1b"} & set(text)


def test_a_conversation_is_shown_whole() -> None:
    """With roles, so that the labeller knows who said what."""
    outcome = said("Yes.")
    turns = (Turn(role="user", content="Hi."), Turn(role="assistant", content="Hello."))
    case = replace(outcome.trial.case, earlier=turns)
    longer = replace(outcome, trial=replace(outcome.trial, case=case))

    assert asked_of(longer) == (
        "user: Hi.\n\nassistant: Hello.\n\nuser: How do I reset a lock?"
    )


def test_a_digest_tells_responses_apart_and_is_no_number() -> None:
    """A spreadsheet would write 123e4 as 1230000."""
    digests = {response_digest(said(text)) for text in ("a", "b", "\ud83d", "")}

    assert len(digests) == 4
    assert all(each.startswith("d") and len(each) == 13 for each in digests)
