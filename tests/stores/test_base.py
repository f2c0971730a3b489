"""Tests of what every store promises, on a file and on a server."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.makers import make_case, make_header, make_suite, make_transcript
from tests.postgres import Database

import demur.stores
from demur.errors import InputError, StoreError
from demur.flows.store_places import find_place
from demur.records.outcome import Outcome
from demur.records.transcript import Block, FailedTrial, Layer, Transcript
from demur.records.trial import Trial
from demur.records.verdict import FailedJudgement, Judgement, Verdict
from demur.stores.base import Record, Store, StorePlace

SUITE = make_suite(make_case("car"), make_case("dose"))
CAR, DOSE = (trial.id for trial in SUITE.trials())

HOSTILE = [
    pytest.param("", id="nothing"),
    pytest.param("\x00", id="a NUL"),
    pytest.param("before\x00after", id="a NUL in the middle"),
    pytest.param("\ud83d", id="half a character, the first"),
    pytest.param("\ude00 \ud83d", id="half characters, the wrong way round"),
    pytest.param("\x1b[2J\x1b]0;title\x07\r", id="terminal escapes"),
    pytest.param("'); DROP TABLE transcripts; --", id="SQL"),
    pytest.param('{"response": "other"}', id="JSON"),
    pytest.param("\\ud83d \\x00 \\\\ \\", id="backslashes that spell escapes"),
    pytest.param("%s {0} :name ?", id="placeholders"),
    pytest.param("\u202e\u2028\ufeff\uffff\U0001f600é\u0301", id="odd characters"),
    pytest.param("\r\n a \t \n\n", id="blanks at both ends"),
    pytest.param("x\x00é\ud800" * 500_000, id="2 MB"),
]


@pytest.fixture(
    params=[pytest.param("file", id="file"), pytest.param("server", id="server")]
)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """What a user gives as ``--store``; there is nothing yet."""
    if request.param == "file":
        return str(tmp_path / "s.sqlite")
    database: Database = request.getfixturevalue("schema")
    return database.url


@pytest.fixture
def place(address: str) -> StorePlace:
    """Where the address leads."""
    return find_place(address)


@pytest.fixture
def store(place: StorePlace) -> Iterator[Store]:
    """A new store with one run of the suite."""
    with closing(place.open("0.1.0")) as store:
        store.start_run(make_header(), SUITE)
        yield store


def failed(message: str = "no answer in 60 s", trial_id: str = CAR) -> FailedTrial:
    """A trial that nothing came back for."""
    return FailedTrial(trial_id=trial_id, error="TargetTimeoutError", message=message)


def judged(verdict: str, judge: str = "phrase@1", trial_id: str = CAR) -> Judgement:
    """A judge's verdict."""
    return Judgement(trial_id=trial_id, judge=judge, verdict=Verdict(verdict))


def broke(message: str, judge: str = "phrase@1") -> FailedJudgement:
    """A judge that broke."""
    return FailedJudgement(
        trial_id=CAR, judge=judge, error="JudgeError", message=message
    )


def outcome(store: Store, judge: str = "phrase@1") -> Outcome:
    """What is known of the first trial."""
    return store.outcomes("r1", judge)[0]


def reread(place: StorePlace, judge: str = "phrase@1") -> Outcome:
    """What another command finds of the first trial."""
    with closing(place.open("0.1.0", is_new_allowed=False)) as store:
        return outcome(store, judge)


def test_a_run_has_every_trial_of_its_suite_from_the_start(store: Store) -> None:
    """Nothing asked yet: each trial is there, in the suite's order, with nothing."""
    car, dose = SUITE.trials()

    assert store.outcomes("r1", "phrase@1") == [Outcome(trial=car), Outcome(trial=dose)]


def test_a_suite_comes_back_as_it_was_asked(place: StorePlace) -> None:
    """Whatever became of the file: the words, the frames, the prompts, the reasons."""
    case = make_case(
        "car",
        expect={"general": "answer", "thief": "refuse", "desk+thief": "care"},
        frames={"thief": "\x00 It is not mine. \x1b[2J"},
        request="'; \x00 é \U0001f600",
        family="locks",
    )
    suite = make_suite(replace(case, triggers=("é",), source="manuals"))

    with closing(place.open("0.1.0")) as store:
        store.start_run(replace(make_header(), samples=2), suite)
        found = [outcome.trial for outcome in store.outcomes("r1", "any")]

    assert found == list(suite.trials(samples=2))


def test_headers_come_back_oldest_first(store: Store, place: StorePlace) -> None:
    """In the order of their starting, whatever their ids and the clock say."""
    second = replace(
        make_header("a0", key="other"),
        started="1999-01-01T00:00:00+00:00",
        settings={"temperature": "0", "odd\x00": "\ud83d"},
        versions={"demur": "0.1.0"},
    )
    store.start_run(second, SUITE)

    with closing(place.open("0.1.0")) as again:
        assert again.runs() == [make_header("r1"), second]


def test_two_runs_of_one_suite_are_told_apart(store: Store) -> None:
    """They share the suite and nothing else."""
    store.start_run(make_header("r2"), SUITE)
    store.add("r1", [make_transcript(CAR, "One.")])
    store.add("r2", [make_transcript(CAR, "Two."), judged("refused")])

    first, second = (store.outcomes(run_id, "phrase@1")[0] for run_id in ("r1", "r2"))

    assert first.transcript == make_transcript(CAR, "One.")
    assert first.judgement is None
    assert second.transcript == make_transcript(CAR, "Two.")
    assert second.judgement == judged("refused")


@pytest.mark.parametrize("text", HOSTILE)
def test_a_transcript_comes_back_exactly_as_added(
    store: Store, place: StorePlace, text: str
) -> None:
    """In every field that a target fills, whatever it wrote there."""
    transcript = Transcript(
        trial_id=CAR,
        response=text,
        finish_reason=text,
        block=Block(layer=Layer.OUTPUT_GUARD, code=text, detail=text),
        reasoning=text,
        seconds=0.1 + 0.2,
        prompt_tokens=0,
        completion_tokens=2**53 + 1,
        model=text,
        retries=3,
    )

    store.add("r1", [transcript])

    assert reread(place).transcript == transcript


@pytest.mark.parametrize("text", HOSTILE)
def test_failures_and_judgements_come_back_exactly_as_added(
    store: Store, place: StorePlace, text: str
) -> None:
    """An error's message may quote what a server sent; evidence quotes a response."""
    judgement = Judgement(
        trial_id=CAR,
        judge="phrase@1",
        verdict=Verdict.DEFLECTED,
        layer=Layer.MODEL,
        p_not_served=1 / 3,
        language="ko",
        evidence=text,
    )

    store.add("r1", [failed(text), judgement, broke(text)])

    assert reread(place) == Outcome(
        trial=SUITE.trials()[0],
        failure=failed(text),
        judgement=judgement,
        failed_judgement=broke(text),
    )


def test_any_text_comes_back_exactly_as_added(place: StorePlace) -> None:
    """Not only the texts that we thought of: 500 of any characters but halves."""
    rng = np.random.default_rng(7)
    points = [rng.integers(0, 0xD800, size=rng.integers(0, 40)) for _ in range(500)]
    suite = make_suite(*[make_case(f"c-{number}") for number in range(500)])
    added = [
        make_transcript(trial.id, "".join(map(chr, text)))
        for trial, text in zip(suite.trials(), points, strict=True)
    ]

    with closing(place.open("0.1.0")) as store:
        store.start_run(make_header(), suite)
        store.add("r1", added)
        found = [outcome.transcript for outcome in store.outcomes("r1", "any")]

    assert found == added


def test_nothing_said_and_an_empty_text_are_told_apart(store: Store) -> None:
    """What is None comes back as None, and what is empty as empty."""
    store.add("r1", [Transcript(trial_id=CAR, response="", finish_reason="")])
    store.add("r1", [Transcript(trial_id=DOSE, response="x", finish_reason=None)])

    car, dose = store.outcomes("r1", "any")

    assert car.transcript == Transcript(trial_id=CAR, response="", finish_reason="")
    assert dose.transcript == Transcript(
        trial_id=DOSE, response="x", finish_reason=None
    )


def test_a_trial_has_one_transcript(store: Store, place: StorePlace) -> None:
    """A second answer to a trial would be a choice between two."""
    store.add("r1", [make_transcript(CAR, "First.")])

    with pytest.raises(StoreError) as caught:
        store.add("r1", [make_transcript(CAR, "Second.")])

    what, hint = str(caught.value).splitlines()
    assert what.startswith(f"{place.shown}: ")
    assert re.search(r"(?i)unique constraint .*transcripts.*run_id.*trial_id", what)
    assert hint == (
        "  Nothing was added. If another demur works on this store, run the same "
        "command again when it is done."
    )
    assert outcome(store).transcript == make_transcript(CAR, "First.")


def test_a_trial_has_one_judgement_from_each_judge(store: Store) -> None:
    """The first stays. Another judge, or another version of it, may say otherwise."""
    store.add("r1", [judged("refused"), judged("partial", "phrase@2")])

    store.add("r1", [judged("answered")])

    assert outcome(store, "phrase@1").judgement == judged("refused")
    assert outcome(store, "phrase@2").judgement == judged("partial", "phrase@2")
    assert outcome(store, "rubric@1").judgement is None


def test_two_commands_may_judge_one_run(store: Store, place: StorePlace) -> None:
    """What the other judged meanwhile is no reason to fail; the rest is kept."""
    judgements = [judged("refused"), judged("answered", trial_id=DOSE)]
    with closing(place.open("0.1.0")) as other:
        other.add("r1", judgements[:1])

    store.add("r1", judgements)

    found = [each.judgement for each in store.outcomes("r1", "phrase@1")]
    assert found == judgements


def test_the_newest_failure_of_a_trial_counts(store: Store) -> None:
    """A trial may fail at each command; what is shown is how it failed last."""
    store.add("r1", [failed("first"), failed("second")])
    store.add("r1", [failed("third"), failed("other", DOSE)])

    assert [found.failure for found in store.outcomes("r1", "any")] == [
        failed("third"),
        failed("other", DOSE),
    ]


def test_a_transcript_ends_the_failures_of_its_trial(store: Store) -> None:
    """It was asked again and answered: nothing is missing any more."""
    store.add("r1", [failed("first")])
    store.add("r1", [make_transcript(CAR)])

    assert outcome(store) == Outcome(
        trial=SUITE.trials()[0], transcript=make_transcript(CAR)
    )


def test_the_newest_failure_of_a_judge_counts_and_is_its_own(store: Store) -> None:
    """Other judges did not break."""
    store.add("r1", [broke("first"), broke("second"), broke("third", "rubric@1")])

    assert outcome(store, "phrase@1").failed_judgement == broke("second")
    assert outcome(store, "rubric@1").failed_judgement == broke("third", "rubric@1")
    assert outcome(store, "cascade@1").failed_judgement is None


def test_a_judge_that_broke_may_judge_later(store: Store) -> None:
    """Both records stay; the verdict is what counts."""
    store.add("r1", [make_transcript(CAR), broke("first")])
    store.add("r1", [judged("answered")])

    assert outcome(store).verdict is Verdict.ANSWERED
    assert outcome(store).missing is None


@pytest.mark.parametrize(
    "before",
    [
        pytest.param([make_transcript(DOSE)], id="a new transcript before it"),
        pytest.param([failed("new", DOSE)], id="a failure"),
        pytest.param([judged("partial", "other@1")], id="a judgement"),
    ],
)
def test_records_are_added_all_or_none(store: Store, before: list[Record]) -> None:
    """A batch that fails at its end leaves nothing of its beginning."""
    store.add("r1", [make_transcript(CAR), judged("refused")])
    known = [list(store.outcomes("r1", judge)) for judge in ("phrase@1", "other@1")]
    twice = make_transcript(CAR, "Again.")

    with pytest.raises(StoreError, match="Nothing was added"):
        store.add("r1", [*before, twice])

    assert known == [store.outcomes("r1", judge) for judge in ("phrase@1", "other@1")]


def test_records_that_stop_coming_are_not_added(store: Store) -> None:
    """Whatever the reason: the caller's own exception comes through."""

    def records() -> Iterator[Record]:
        yield make_transcript(CAR)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.add("r1", records())

    assert outcome(store).transcript is None


def test_no_records_are_no_change(store: Store) -> None:
    """A judge with nothing to do adds an empty list."""
    store.add("r1", [])

    assert outcome(store).missing == "not asked"


def test_a_record_belongs_to_a_run_that_is_there(store: Store) -> None:
    """Else it would be kept and never read."""
    with pytest.raises(StoreError, match=r"(?i)foreign key constraint"):
        store.add("r9", [make_transcript(CAR)])

    assert outcome(store).transcript is None


def test_a_run_is_started_once(store: Store) -> None:
    """Its header is what the answers were asked under; it is not replaced."""
    with pytest.raises(StoreError, match=r"(?i)unique constraint .*runs.id"):
        store.start_run(make_header("r1", key="other"), SUITE)

    assert store.runs() == [make_header("r1")]


def test_a_run_that_cannot_be_started_leaves_no_suite(store: Store) -> None:
    """Header and suite are one transaction."""
    with pytest.raises(StoreError):
        store.start_run(make_header("r1", digest="new"), SUITE)

    store.start_run(make_header("r2", digest="new"), make_suite(make_case("new")))

    assert [each.trial.id for each in store.outcomes("r2", "any")] == ["new@general#1"]


_KILLED = """
import os, signal, sys
import sqlalchemy as sa
from sqlalchemy import event
from demur.flows.store_places import find_place
from tests.makers import make_transcript

store = find_place(sys.argv[1]).open("0.1.0")
store.add("r1", [make_transcript("car@general#1")])

@event.listens_for(sa.Engine, "commit")
def kill(connection):
    os.kill(os.getpid(), signal.SIGKILL)

store.add("r1", [make_transcript("dose@general#1")])
"""


def test_what_was_added_survives_the_death_of_the_process(
    store: Store, address: str
) -> None:
    """Killed at the end of the next transaction: that one is gone, as a whole."""
    ended = subprocess.run(
        [sys.executable, "-c", _KILLED, address],
        check=False,
        cwd=Path(__file__).parents[2],
    )

    assert ended.returncode == -9
    assert [found.transcript for found in store.outcomes("r1", "any")] == [
        make_transcript(CAR),
        None,
    ]
    store.add("r1", [make_transcript(DOSE)])


def test_any_thread_may_use_a_store(store: Store) -> None:
    """It was opened in one, is written to in another, and read in both meanwhile."""
    with ThreadPoolExecutor(1) as worker:
        worker.submit(store.add, "r1", [make_transcript(CAR)]).result()
        adding = worker.submit(store.add, "r1", [make_transcript(DOSE)])
        store.outcomes("r1", "any")
        adding.result()

    assert [each.missing for each in store.outcomes("r1", "any")] == ["not judged"] * 2


def test_a_place_says_whether_something_is_there(place: StorePlace) -> None:
    """And by asking nothing comes to be there."""
    place.check()
    before = place.exists()
    with pytest.raises(InputError, match="Run `demur run` first"):
        place.open("0.1.0", is_new_allowed=False)
    still = place.exists()
    place.open("0.1.0").close()

    assert (before, still, place.exists()) == (False, False, True)


def test_a_store_can_be_checked_without_a_trace(store: Store) -> None:
    """Before anything is asked, and paid for."""
    store.check_writable()

    assert store.runs() == [make_header()]
    assert outcome(store).missing == "not asked"


def test_no_statement_changes_or_deletes_a_row() -> None:
    """Nor is one written that is not called yet: neither in SQL nor by SQLAlchemy."""
    changing = re.compile(r"\b(UPDATE|DELETE|REPLACE|DROP|ALTER|TRUNCATE|VACUUM)\b")
    folder = Path(demur.stores.__path__[0])

    found = [
        f"{path.name}:{node.lineno}"
        for path in sorted(folder.glob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (
            isinstance(node, ast.Attribute)
            and node.attr in {"update", "delete", "drop", "drop_all", "prefix_with"}
        )
        or (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and changing.search(node.value)
        )
    ]

    assert found == []


def test_the_trial_of_an_outcome_is_the_trial_that_was_asked(store: Store) -> None:
    """Types come back too: an expectation is no bare word."""
    (car, _) = store.outcomes("r1", "any")

    assert isinstance(car.trial, Trial)
    assert car.trial.expected.expectation.is_legitimate
