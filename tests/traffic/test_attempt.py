"""Tests of demur.traffic.attempt."""

import numpy as np
import pytest

from demur.errors import TargetDownError, TargetRateLimitError, TargetServerError
from demur.traffic.attempt import Attempt
from demur.traffic.retry import Retry


def attempt(**retry: float) -> Attempt:
    """An answer that has not been asked for yet."""
    tries = int(retry.pop("tries", 4))
    return Attempt(Retry(tries=tries, **retry), np.random.default_rng(0))


def test_the_last_of_the_failures_is_raised() -> None:
    """Three tries are three calls and two retries."""
    found = attempt(tries=3)
    found.again_after(TargetServerError("1"))
    found.again_after(TargetServerError("2"))

    with pytest.raises(TargetServerError, match=r"^3$"):
        found.again_after(TargetServerError("3"))

    assert found.retries == 2


@pytest.mark.parametrize("asked", [0.0, 7.25])
def test_the_servers_own_wish_decides_the_wait(asked: float) -> None:
    """After a failure, and the first time that it says "too many"."""
    assert attempt().again_after(TargetServerError("503", asked)) == asked
    assert attempt().turned_away(TargetRateLimitError("429", asked)) == asked


def test_a_server_that_asks_for_no_wait_again_and_again_is_not_hammered() -> None:
    """0, then from 0.5 s on, doubling and jittered; patience ends it."""
    found = attempt(first_wait_seconds=0.5, patience_seconds=10.0)
    again = TargetRateLimitError("429", 0.0)

    waits = [found.turned_away(again)]
    while sum(waits) <= 10.0:
        waits.append(found.turned_away(again))

    with pytest.raises(TargetRateLimitError, match="429"):
        found.turned_away(again)
    assert waits[0] == 0.0
    assert all(wait >= 0.25 * 2**n for n, wait in enumerate(waits[1:]))
    assert len(waits) < 9


def test_time_in_a_queue_is_no_wait_for_a_rate_limit() -> None:
    """An hour in a queue of our own costs nothing of the patience with the server."""
    found = attempt(patience_seconds=600.0)
    found.has_waited(3600.0)

    assert found.turned_away(TargetRateLimitError("429", 1.0)) == 1.0
    assert found.waited == 3600.0


@pytest.mark.parametrize("asked", [601.0, 86_400.0, float("inf")])
def test_a_wait_beyond_patience_ends_the_run(asked: float) -> None:
    """A day's quota is used up: no trial would be served, so none is spent."""
    message = "asks us to wait .* longer than the 600 s"

    with pytest.raises(TargetDownError, match=message):
        attempt().turned_away(TargetRateLimitError("429", asked))
    with pytest.raises(TargetDownError, match=message):
        attempt().again_after(TargetServerError("503", asked))


def test_less_than_a_millisecond_is_no_wait() -> None:
    """Reports sum these up; the cost of looking at a clock is not one."""
    found = attempt()
    found.has_waited(0.0009)
    found.has_waited(0.25)

    assert found.waited == 0.25
