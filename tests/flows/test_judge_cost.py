"""Tests of demur.flows.judge_cost."""

import pytest
from tests.judges.judge_model import model_at
from tests.makers import make_transcript, make_trial

from demur.flows.cost import Bill
from demur.flows.judge_cost import JUDGE_TOKENS, cost_of_judging, judge_bill
from demur.judges.phrase import PhraseJudge
from demur.judges.reply_cache import NoReplies
from demur.judges.rubric import RubricJudge
from demur.judges.usage import JudgeUsage
from demur.records.prices import Prices

PAIRS = [(make_trial(), make_transcript()), (make_trial("other"), None)]


def test_a_judge_that_asks_nobody_costs_nothing() -> None:
    """There is nothing to announce."""
    assert judge_bill(PhraseJudge(), PAIRS) == Bill(
        trials=0, read=0, written=0, most_written=0
    )


def test_a_bill_holds_the_rubric_for_each_call() -> None:
    """That is most of what is read; a response that is to come is guessed."""
    judge = RubricJudge("m", model_at("http://127.0.0.1:9/v1"), NoReplies())

    found = judge_bill(judge, PAIRS)

    assert found.trials == 2
    assert found.most_written == 2 * JUDGE_TOKENS
    assert found.read > 1000


def test_what_was_spent_is_tokens_times_prices() -> None:
    """A million at 2 read, half of one at 8 written."""
    usage = JudgeUsage(read=1_000_000, written=500_000)

    assert cost_of_judging(usage, None) is None
    assert cost_of_judging(usage, Prices(read=2, written=8)) == pytest.approx(6.0)
