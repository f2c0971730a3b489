"""Tests of demur.traffic.bucket."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demur.traffic.bucket import Bucket


def test_a_second_is_there_at_once_and_then_one_after_the_other() -> None:
    """120 a minute are 2 a second: two at once, then one each half second."""
    bucket = Bucket(120, now=0.0)

    waits = [bucket.take(1, now=0.0) for _ in range(5)]

    assert waits == pytest.approx([0.0, 0.0, 0.5, 1.0, 1.5])


def test_what_is_slower_than_one_a_second_begins_with_one() -> None:
    """6 a minute: one now, one each ten seconds."""
    bucket = Bucket(6, now=0.0)

    waits = [bucket.take(1, now=0.0) for _ in range(3)]

    assert waits == pytest.approx([0.0, 10.0, 20.0])


def test_an_idle_hour_saves_nothing_up() -> None:
    """After it there is one second's worth, not an hour's."""
    bucket = Bucket(60, now=0.0)

    waits = [bucket.take(1, now=3600.0) for _ in range(3)]

    assert waits == pytest.approx([0.0, 1.0, 2.0])


def test_what_was_not_spent_is_there_for_the_next() -> None:
    """An estimate of 100 of which 40 were spent: the next waits for 40."""
    bucket = Bucket(60, now=0.0)
    bucket.take(100, now=0.0)

    bucket.give_back(60)

    assert bucket.take(0, now=0.0) == pytest.approx(39.0)


def test_what_was_spent_beyond_the_estimate_is_waited_for() -> None:
    """The rate is the server's, whatever we guessed."""
    bucket = Bucket(60, now=0.0)
    bucket.take(1, now=0.0)

    bucket.give_back(-30)

    assert bucket.take(0, now=0.0) == pytest.approx(30.0)


def test_a_clock_that_goes_back_fills_nothing_twice() -> None:
    """The ten seconds after 10 were filled once already."""
    bucket = Bucket(60, now=0.0)
    bucket.take(21, now=10.0)

    bucket.take(0, now=0.0)

    assert bucket.take(0, now=10.0) == pytest.approx(20.0)


@pytest.mark.parametrize("rate", [0.0, -1.0, math.inf, math.nan])
def test_a_rate_that_is_none_is_refused(rate: float) -> None:
    """0 would wait for ever; no limit is None, and no bucket."""
    with pytest.raises(ValueError, match="above 0"):
        Bucket(rate)


@given(
    rate=st.floats(1, 10_000),
    steps=st.lists(
        st.tuples(st.floats(0, 5), st.floats(0, 50), st.floats(0, 1)), max_size=50
    ),
)
def test_spending_never_exceeds_the_rate_times_the_time_and_a_seconds_worth(
    rate: float, steps: list[tuple[float, float, float]]
) -> None:
    """Whatever is asked when, and whatever share of it is given back at once."""
    bucket = Bucket(rate, now=0.0)
    now = spent = 0.0
    for passed, amount, back in steps:
        now += passed
        wait = bucket.take(amount, now)
        bucket.give_back(back * amount)
        spent += (1 - back) * amount

        allowed = (now + wait) * rate / 60 + max(1.0, rate / 60)
        assert spent <= allowed * (1 + 1e-9) + 1e-6
