"""Tests of demur.flows.judge."""

import asyncio
from pathlib import Path

from tests.makers import make_case, make_header, make_suite, make_transcript

from demur.errors import JudgeError
from demur.flows.judge import judge_run
from demur.records.transcript import Block, Layer, Transcript
from demur.records.trial import Trial
from demur.records.verdict import Judgement, Verdict
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
