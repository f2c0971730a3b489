"""Tests of demur.flows.judge_file."""

import asyncio
from collections.abc import Iterable
from pathlib import Path

import pytest
from tests.makers import make_case, make_header, make_suite, make_transcript

from demur.errors import JudgeError, UnknownNameError
from demur.flows.judge_file import Judged, Tally, judge_again, judge_exchanges
from demur.records.exchange import BadExchange, Exchange
from demur.records.transcript import Block, Layer, Transcript
from demur.records.trial import Trial
from demur.records.verdict import Judgement, Verdict
from demur.stores.sqlite import SqliteFile
from demur.suites.digest import suite_digest


class LengthJudge:
    """Calls long responses answered, and breaks on one word."""

    name = "length@1"

    async def judge(self, trial: Trial, transcript: Transcript) -> Judgement:
        if transcript.response == "break":
            raise JudgeError("the judge broke")
        is_long = len(transcript.response) > 3
        return Judgement(
            trial_id=trial.id,
            judge=self.name,
            verdict=Verdict.ANSWERED if is_long else Verdict.REFUSED,
        )


def exchange(number: int, response: str, block: Block | None = None) -> Exchange:
    """An exchange with this response."""
    return Exchange(number=number, id="q", request="x", response=response, block=block)


def judged(exchanges: Iterable[Exchange | BadExchange]) -> list[Judged]:
    """What came of each."""

    async def collect() -> list[Judged]:
        return [each async for each in judge_exchanges(exchanges, LengthJudge())]

    return asyncio.run(collect())


def test_each_exchange_comes_back_in_order_whatever_became_of_it() -> None:
    """Read or not, judged or not, with one id or another."""
    found = judged(
        [
            exchange(1, "long enough"),
            BadExchange(number=2, id=2, problem="no JSON"),
            exchange(3, "break"),
            exchange(4, "no"),
        ]
    )

    assert [each.exchange.number for each in found] == [1, 2, 3, 4]
    verdicts = [each.judgement and each.judgement.verdict for each in found]
    assert verdicts == [Verdict.ANSWERED, None, None, Verdict.REFUSED]
    assert [each.problem for each in found] == [
        None,
        "no JSON",
        "the judge failed: the judge broke",
        None,
    ]


def test_a_block_is_settled_by_the_protocol() -> None:
    """As in a run: whatever the words are."""
    block = Block(layer=Layer.PROVIDER_FILTER, code="finish_reason=SAFETY")

    (found,) = judged([exchange(1, "break", block)])

    assert found.judgement is not None
    assert found.judgement.verdict is Verdict.BLOCKED


def test_a_tally_counts_verdicts_and_what_has_none() -> None:
    """Their sum is what was read."""
    tally = Tally()

    for each in judged([exchange(1, "no"), exchange(2, "no"), exchange(3, "break")]):
        tally.add(each)

    assert (tally.verdicts, tally.judged, tally.failed) == ({Verdict.REFUSED: 2}, 2, 1)


def test_a_stored_run_is_judged_once(tmp_path: Path) -> None:
    """The second time its verdicts are only read; what was not asked is counted."""
    suite = make_suite(make_case("a"), make_case("b"), make_case("c"))
    store = SqliteFile(tmp_path / "demur.sqlite").open("0")
    store.start_run(make_header("r1", digest=suite_digest(suite)), suite)
    first_two = [
        make_transcript("a@general#1"),
        make_transcript("b@general#1", "I must decline."),
    ]
    store.add("r1", first_two)

    first = asyncio.run(judge_again(store, "last", LengthJudge(), "here"))
    second = asyncio.run(judge_again(store, "r1", LengthJudge(), "here"))

    store.close()
    assert (first.now, second.now) == (2, 0)
    assert first.judged == second.judged
    assert [each.exchange.id for each in first.judged] == ["a@general#1", "b@general#1"]
    assert first.unanswered == 1


def test_a_run_that_is_not_there_is_said(tmp_path: Path) -> None:
    """Nothing is judged by accident."""
    store = SqliteFile(tmp_path / "demur.sqlite").open("0")

    with pytest.raises(UnknownNameError):
        asyncio.run(judge_again(store, "r9", LengthJudge(), "here"))

    store.close()
