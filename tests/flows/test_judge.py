"""Tests of demur.flows.judge."""

import asyncio
from pathlib import Path
from typing import Self

import pytest
from tests.judges.said import SaidJudge
from tests.makers import (
    make_case,
    make_header,
    make_suite,
    make_transcript,
    make_trial,
)

from demur.errors import InputError, JudgeError
from demur.flows.cost import Bill
from demur.flows.judge import judge_all, judge_run
from demur.flows.report import read_run, report_run
from demur.judges.panel import PanelJudge
from demur.records.transcript import Block, Layer, Transcript
from demur.records.trial import Trial
from demur.records.verdict import Judgement, Verdict
from demur.reports.document import Entries, Table
from demur.stores.base import Store
from demur.stores.sqlite import SqliteFile
from demur.suites.digest import suite_digest

SUITE = make_suite(make_case("a"), make_case("b"), make_case("c"))


class CountingJudge:
    """Calls everything answered, breaks on one word, and counts its work."""

    name = "counting@1"

    def __init__(self) -> None:
        self.read: list[str] = []

    async def judge(self, trial: Trial, transcript: Transcript) -> Judgement:
        self.read.append(trial.id)
        if transcript.response == "break":
            raise JudgeError("the judge broke")
        return Judgement(trial_id=trial.id, judge=self.name, verdict=Verdict.ANSWERED)


def make_store(path: Path, *transcripts: Transcript) -> Store:
    """A store with one run and these transcripts."""
    store = SqliteFile(path / "demur.sqlite").open("0")
    store.start_run(make_header("r1", digest=suite_digest(SUITE)), SUITE)
    store.add("r1", transcripts)
    return store


def test_each_transcript_is_judged_once(tmp_path: Path) -> None:
    """The second time there is nothing left to judge; trials not asked stay so."""
    store = make_store(
        tmp_path, make_transcript("a@general#1"), make_transcript("b@general#1")
    )
    judge = CountingJudge()

    first = asyncio.run(judge_run(store, "r1", judge))
    second = asyncio.run(judge_run(store, "r1", judge))

    assert (first, second) == (2, 0)
    outcomes = store.outcomes("r1", "counting@1")
    assert [o.missing for o in outcomes] == [None, None, "not asked"]
    store.close()


def test_a_block_is_settled_without_asking_the_judge(tmp_path: Path) -> None:
    """What the protocol says is no matter of words, whatever the text is."""
    block = Block(layer=Layer.PROVIDER_FILTER, code="finish_reason=content_filter")
    blocked = Transcript(trial_id="a@general#1", response="Yes, sure", block=block)
    store = make_store(tmp_path, blocked)
    judge = CountingJudge()

    asyncio.run(judge_run(store, "r1", judge))

    assert judge.read == []
    judgement = store.outcomes("r1", "counting@1")[0].judgement
    assert judgement is not None
    assert judgement.verdict is Verdict.BLOCKED
    assert judgement.layer is Layer.PROVIDER_FILTER
    assert judgement.evidence == "finish_reason=content_filter"
    store.close()


def test_a_judge_that_breaks_gives_no_verdict(tmp_path: Path) -> None:
    """Broken is not undecided: it is counted apart and tried again."""
    store = make_store(tmp_path, make_transcript("a@general#1", "break"))
    judge = CountingJudge()

    asyncio.run(judge_run(store, "r1", judge))
    asyncio.run(judge_run(store, "r1", judge))

    outcome = store.outcomes("r1", "counting@1")[0]
    assert outcome.judgement is None
    assert outcome.missing == "judge failed"
    assert judge.read == ["a@general#1"] * 2
    store.close()


class AskingJudgeOfTests(CountingJudge):
    """Takes a moment for each, and counts how many it takes at once."""

    name = "asking@1"
    concurrency = 4

    def __init__(self) -> None:
        super().__init__()
        self.entered = 0
        self.under_way = 0
        self.most = 0

    def tokens_to_read(
        self, trial: Trial, transcript: Transcript | None
    ) -> tuple[int, ...]:
        return (100,)

    async def __aenter__(self) -> Self:
        self.entered += 1
        return self

    async def __aexit__(self, *_: object) -> None:
        self.entered -= 1

    async def judge(self, trial: Trial, transcript: Transcript) -> Judgement:
        assert self.entered == 1
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        await asyncio.sleep(0.001)
        self.under_way -= 1
        if transcript.response == "bug":
            raise ZeroDivisionError
        return await super().judge(trial, transcript)


def make_large_store(path: Path, bug_at: int | None = None) -> Store:
    """A store with one run of fifty answers."""
    suite = make_suite(*(make_case(f"c{number}") for number in range(50)))
    store = SqliteFile(path / "demur.sqlite").open("0")
    store.start_run(make_header("r1", digest=suite_digest(suite)), suite)
    store.add(
        "r1",
        [
            make_transcript(f"c{n}@general#1", "bug" if n == bug_at else "Yes.")
            for n in range(50)
        ],
    )
    return store


def test_a_judge_that_asks_models_is_asked_several_at_once(tmp_path: Path) -> None:
    """One after the other, a thousand answers take an hour."""
    store = make_large_store(tmp_path)
    judge = AskingJudgeOfTests()
    bills: list[Bill] = []

    assert asyncio.run(judge_run(store, "r1", judge, bills.append)) == 50

    assert 4 <= judge.most <= 8
    assert all(o.judgement for o in store.outcomes("r1", judge.name))
    assert [(each.trials, each.read) for each in bills] == [(50, 5000)]
    store.close()


def test_what_was_paid_for_before_a_bug_is_kept(tmp_path: Path) -> None:
    """Whole batches, and what came after the last of them."""
    store = make_large_store(tmp_path, bug_at=30)

    with pytest.raises(ZeroDivisionError):
        asyncio.run(judge_run(store, "r1", AskingJudgeOfTests()))

    judged = [o.judgement is not None for o in store.outcomes("r1", "asking@1")]
    assert judged == [True] * 30 + [False] * 20
    store.close()


def test_whoever_says_no_to_the_cost_pays_nothing(tmp_path: Path) -> None:
    """It is announced before the first call."""
    store = make_large_store(tmp_path)
    judge = AskingJudgeOfTests()

    def says_no(bill: Bill) -> None:
        raise InputError("--confirm-above", f"{bill.trials} calls", "Add --yes.")

    with pytest.raises(InputError, match="50 calls"):
        asyncio.run(judge_run(store, "r1", judge, says_no))

    assert judge.read == []
    store.close()


def test_judgements_of_many_come_in_their_order() -> None:
    """And one that failed has its place among them."""
    texts = ["Yes.", "break", "Yes."] * 5
    pairs = [(make_trial(f"c{n}"), make_transcript("", t)) for n, t in enumerate(texts)]

    made = asyncio.run(judge_all(AskingJudgeOfTests(), pairs))

    assert [each.trial_id for each in made] == [trial.id for trial, _ in pairs]
    assert [isinstance(each, Judgement) for each in made] == [True, False, True] * 5


def test_members_of_a_panel_are_stored_under_their_own_names(tmp_path: Path) -> None:
    """Who differs from whom is seen later, and nobody is asked twice."""
    store = make_store(
        tmp_path,
        make_transcript("a@general#1", "yes"),
        make_transcript("b@general#1", "odd"),
    )
    served, refused = (Verdict.ANSWERED, None), (Verdict.REFUSED, None)
    first = SaidJudge("first@1", {"yes": served, "odd": refused})
    second = SaidJudge("second@1", {"yes": served, "odd": None})
    panel = PanelJudge([first, second])

    asyncio.run(judge_run(store, "r1", panel))

    found = [store.outcomes("r1", each.name) for each in (first, second, panel)]
    assert [[o.missing for o in outcomes[:2]] for outcomes in found] == [
        [None, None],
        [None, "judge failed"],
        [None, "judge failed"],
    ]
    broken = found[2][1].failed_judgement
    assert broken is not None
    assert broken.message == "second@1: no verdict"
    store.close()


def test_a_report_says_where_the_judges_of_a_panel_differ(tmp_path: Path) -> None:
    """With the count of each combination, and the trials to be read."""
    store = make_store(
        tmp_path,
        *(make_transcript(f"{case}@general#1", case) for case in "abc"),
    )
    served, refused = (Verdict.ANSWERED, None), (Verdict.REFUSED, None)
    panel = PanelJudge(
        [
            SaidJudge("first@1", {"a": served, "b": refused, "c": refused}),
            SaidJudge("second@1", {"a": served, "b": served, "c": refused}),
        ]
    )

    run = asyncio.run(read_run(store, "r1", panel, "here"))
    section = report_run(run).sections[-1]
    alone = asyncio.run(read_run(store, "r1", panel.judges[0], "here"))

    assert section.title == "Where the judges differ"
    _, table, entries = section.blocks
    assert isinstance(table, Table)
    assert table.title == "1 of 3 trials"
    assert [[cell.text for cell in row] for row in table.rows] == [
        ["refused", "answered", "1"]
    ]
    assert isinstance(entries, Entries)
    assert [entry.outcome.trial.id for entry in entries.entries] == ["b@general#1"]
    assert report_run(alone).sections[-1].title != section.title
    store.close()
