"""Tests of demur.flows.progress."""

from tests.makers import make_trial

from demur.flows.progress import Progress
from demur.records.prices import Prices
from demur.records.transcript import FailedTrial, Transcript

TRIAL = make_trial()
ANSWER = Transcript(
    trial_id=TRIAL.id,
    response="Yes.",
    prompt_tokens=100,
    completion_tokens=50,
    retries=2,
    waited_seconds=1.5,
)
LATE = FailedTrial(trial_id=TRIAL.id, error="TargetTimeoutError", message="late")


def test_an_answer_counts_with_all_that_it_took() -> None:
    """Retries, waits, tokens and cost add up."""
    prices = Prices(read=1.0, written=10.0)
    before = Progress(total=10, stored=4)

    after = before.and_answered(ANSWER, TRIAL, prices).and_answered(
        ANSWER, TRIAL, prices
    )

    assert after == Progress(
        total=10,
        stored=4,
        asked=2,
        retries=4,
        waited_seconds=3.0,
        read=200,
        written=100,
        cost=2 * (100 * 1 + 50 * 10) / 1e6,
    )
    assert (after.failed, after.missing) == (0, 4)


def test_without_prices_there_is_no_cost_rather_than_none_at_all() -> None:
    """Unknown is not free."""
    assert Progress(total=1, stored=0).and_answered(ANSWER, TRIAL, None).cost is None


def test_tokens_that_no_server_counted_are_not_made_up() -> None:
    """Progress counts what is known; only a cost may be estimated."""
    said = Transcript(trial_id=TRIAL.id, response="Yes.")

    after = Progress(total=1, stored=0).and_answered(said, TRIAL, None)

    assert (after.read, after.written) == (0, 0)


def test_a_failure_is_asked_and_still_missing() -> None:
    """By the error's name, and without touching what was there before."""
    before = Progress(total=3, stored=1)

    once = before.and_failed(LATE)
    twice = once.and_failed(LATE).and_answered(ANSWER, TRIAL, None)

    assert once.failures == {"TargetTimeoutError": 1}
    assert (twice.asked, twice.failed, twice.missing) == (3, 2, 1)
    assert before == Progress(total=3, stored=1)
