"""Tests of demur.flows.cost."""

import pytest
from tests.makers import DESK, make_trial

from demur.flows.cost import Bill, bill, cost_of, prompt_tokens
from demur.records.context import Context
from demur.records.prices import Prices
from demur.records.transcript import Transcript

PRICES = Prices(read=2.0, written=8.0)
TRIAL = make_trial(request="x" * 400)  # 400 / 4 + 12 = 112 tokens, about


def test_prices_are_of_a_million_tokens() -> None:
    """Half a million read at 2, a quarter written at 8."""
    assert PRICES.cost(500_000, 250_000) == 1.0 + 2.0
    assert PRICES.cost(0, 0) == 0


def test_a_prompt_is_system_frame_and_request() -> None:
    """A quarter of the letters, and what a protocol puts around them."""
    behind = Context(id="desk", deployment=DESK, frame="I am a locksmith.")
    framed = make_trial(context=behind, request="x" * 400)

    assert prompt_tokens(TRIAL) == 112
    letters = len(DESK.system) + len("I am a locksmith.") + 2 + 400
    assert prompt_tokens(framed) == letters // 4 + 12


@pytest.mark.parametrize(
    ("longest", "written", "most"),
    [pytest.param(2048, 400, 2048, id="long"), pytest.param(96, 96, 96, id="short")],
)
def test_a_bill_counts_usual_and_longest_answers(
    longest: int, written: int, most: int
) -> None:
    """No answer is expected to be longer than it may be."""
    assert bill([TRIAL] * 3, longest) == Bill(
        trials=3, read=3 * 112, written=3 * written, most_written=3 * most
    )


def test_nothing_to_ask_costs_nothing() -> None:
    """As when all is stored already."""
    assert bill([], 2048) == Bill(trials=0, read=0, written=0, most_written=0)


@pytest.mark.parametrize(
    ("read", "written", "cost"),
    [
        pytest.param(1000, 500, 1000 * 2 + 500 * 8, id="counted"),
        pytest.param(None, 500, 112 * 2 + 500 * 8, id="prompt estimated"),
        pytest.param(1000, None, 1000 * 2 + (200 + 40) // 4 * 8, id="answer estimated"),
        pytest.param(None, None, 112 * 2 + 60 * 8, id="all estimated"),
        pytest.param(0, 0, 0, id="none is not unknown"),
    ],
)
def test_a_cost_is_counted_or_else_estimated(
    read: int | None, written: int | None, cost: int
) -> None:
    """By the server where it says, thinking included; by length where it does not."""
    transcript = Transcript(
        trial_id=TRIAL.id,
        response="y" * 200,
        reasoning="z" * 40,
        prompt_tokens=read,
        completion_tokens=written,
    )

    assert cost_of(transcript, TRIAL, PRICES) == pytest.approx(cost / 1e6)
