"""Tests of demur.traffic.retry."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from demur.traffic.retry import LONGEST_WAIT_SECONDS, Retry


def test_waits_double_and_are_jittered() -> None:
    """From 2 s on: 2, 4, 8, 16 and 32 s, each times 0.5 to 1.5."""
    retry = Retry(first_wait_seconds=2.0)
    rng = np.random.default_rng(0)

    shares = [retry.wait_seconds(n, rng) / 2.0**n for n in range(1, 6)]

    assert all(0.5 <= share <= 1.5 for share in shares)
    assert len({round(share, 6) for share in shares}) == 5


def test_the_generator_decides_the_jitter() -> None:
    """Two runs of one seed wait alike; two clients of a server do not."""
    waits = [Retry().wait_seconds(3, np.random.default_rng(n)) for n in (1, 1, 2)]

    assert waits[0] == waits[1]
    assert waits[0] != waits[2]


@given(failures=st.integers(1, 10**9), first=st.floats(0, 1e6))
def test_no_wait_is_negative_or_longer_than_a_minute(
    failures: int, first: float
) -> None:
    """Ten failures do not become hours, and a billion no overflow."""
    retry = Retry(first_wait_seconds=first)

    wait = retry.wait_seconds(failures, np.random.default_rng(0))

    assert 0 <= wait <= LONGEST_WAIT_SECONDS


def test_no_wait_is_possible() -> None:
    """Where the server is one's own."""
    wait = Retry(first_wait_seconds=0.0).wait_seconds(4, np.random.default_rng(0))

    assert wait == pytest.approx(0.0)
