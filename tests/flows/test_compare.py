"""Tests of demur.flows.compare."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.makers import make_case, make_header, make_suite, make_transcript

from demur.errors import InputError
from demur.flows.compare import compare_runs, read_runs
from demur.judges.base import Judge
from demur.records.transcript import Transcript
from demur.records.trial import Trial
from demur.records.verdict import Judgement, Verdict
from demur.reports.judged_run import JudgedRun
from demur.stores.base import Store
from demur.stores.sqlite import SqliteFile
from demur.suites.digest import suite_digest


class OneWord:
    """A judge that says the same of everything."""

    def __init__(self, verdict: Verdict) -> None:
        self._verdict = verdict
        self.name = f"{verdict.value}@1"

    async def judge(self, trial: Trial, transcript: Transcript) -> Judgement:
        return Judgement(trial_id=trial.id, judge=self.name, verdict=self._verdict)


KIND, STERN = OneWord(Verdict.ANSWERED), OneWord(Verdict.REFUSED)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Three runs, r1 to r3, of one trial each."""
    suite = make_suite(make_case("a"))
    store = SqliteFile(tmp_path / "demur.sqlite").open("0")
    for run_id in ("r1", "r2", "r3"):
        store.start_run(make_header(run_id, digest=suite_digest(suite)), suite)
        store.add(run_id, [make_transcript("a@general#1")])
    yield store
    store.close()


def read(store: Store, names: str, *judges: Judge) -> list[JudgedRun]:
    """The runs of these names under these judges."""
    return asyncio.run(read_runs(store, names.split(), judges, "the store"))


@pytest.mark.parametrize(
    ("names", "judges", "found"),
    [
        pytest.param("r1 r2", (KIND,), "r1 answered r2 answered", id="one for both"),
        pytest.param("r1", (KIND,), "r1 answered r3 answered", id="against the last"),
        pytest.param("r2", (KIND, STERN), "r2 answered r2 refused", id="two judges"),
        pytest.param("r1 r2", (KIND, STERN), "r1 answered r2 refused", id="one each"),
        pytest.param(
            "r1 r2 r3", (STERN,), "r1 refused r2 refused r3 refused", id="three runs"
        ),
    ],
)
def test_runs_are_read_under_their_judges(
    store: Store, names: str, judges: tuple[Judge, ...], found: str
) -> None:
    """What a judge has not judged yet is judged first."""
    runs = read(store, names, *judges)

    words = [f"{run.header.id} {run.outcomes[0].verdict}" for run in runs]
    assert " ".join(words) == found


@pytest.mark.parametrize(
    ("names", "judges", "message"),
    [
        pytest.param("r1 r1", (KIND,), "r1: is the same run as 'r1'", id="itself"),
        pytest.param("last r3", (KIND,), "is the same run as 'last'", id="two names"),
        pytest.param("r3", (KIND,), "last: is the same run as 'r3'", id="the last run"),
        pytest.param("r1", (KIND, KIND), "is the same run", id="one judge twice"),
        pytest.param(
            "r1 r2 r3", (KIND, STERN), "names 2 judges for 3 runs", id="too few judges"
        ),
        pytest.param("r1 x", (KIND,), "unknown run 'x'", id="no such run"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    store: Store, names: str, judges: tuple[Judge, ...], message: str
) -> None:
    """A run does not change against itself, and a zero would look like a finding."""
    with pytest.raises(InputError, match=message):
        read(store, names, *judges)


def test_two_judges_of_one_run_are_compared_and_told_apart(store: Store) -> None:
    """The report's title names the judges, since the target is the same."""
    report = compare_runs(read(store, "r1", KIND, STERN))

    assert report.title == "refused@1 against answered@1"


def test_several_runs_get_a_table_of_their_own(store: Store) -> None:
    """Two are compared trial by trial; three have a frontier."""
    titles = [
        [section.title for section in compare_runs(read(store, names, KIND)).sections]
        for names in ("r1 r2", "r1 r2 r3")
    ]

    assert "The frontier" not in titles[0]
    assert "The frontier" in titles[1]
