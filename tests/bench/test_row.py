"""Tests of a benchmark's row."""

import pytest
from bench.measure import TIMED_OUT, Usage
from bench.provider import Seen
from bench.row import Row, Setting, median_row


def _row(
    asked: int = 1000,
    *,
    code: int = 0,
    wall: float = 4.0,
    cpu: float = 2.0,
    requests: int | None = None,
    answered: int | None = None,
) -> Row:
    came = asked if requests is None else requests
    return Row(
        contestant="somebody",
        setting=Setting(latency_seconds=0.05, concurrency=64),
        asked=asked,
        used=Usage(code=code, wall_seconds=wall, cpu_seconds=cpu, peak_mb=50.0),
        seen=Seen(
            requests=came,
            answered=came if answered is None else answered,
            peak=64,
            asking_seconds=2.0,
            cpu_seconds=0.1,
        ),
    )


def test_rates_are_of_the_command_of_what_lies_beyond_its_start_and_of_asking() -> None:
    """Three rates of one run that are easily mistaken for one another."""
    small, row = _row(100, wall=1.0, cpu=0.2), _row(1000, wall=4.0, cpu=2.0)

    assert row.setting.limit == 1280
    assert row.whole_rate == 250
    assert row.rate_beyond(small) == 300
    assert row.asking_rate == 500
    assert row.cpu_per_1000 == 2.0
    assert row.cpu_beyond(small) == pytest.approx(2.0)
    assert row.fault is None


def test_nothing_lies_beyond_the_start_of_a_run_as_small_as_that() -> None:
    """No data is no rate, and a run that was quicker gives none either."""
    small = _row(100, wall=1.0)

    assert small.rate_beyond(small) is None
    assert small.cpu_beyond(small) is None
    assert _row(1000, wall=0.9).rate_beyond(small) is None


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        pytest.param(_row(code=2), "exit code 2", id="failed"),
        pytest.param(_row(code=TIMED_OUT), "took too long and was ended", id="hung"),
        pytest.param(
            _row(requests=999), "sent 999 requests instead of 1000", id="too few"
        ),
        pytest.param(
            _row(requests=1001), "sent 1001 requests instead of 1000", id="too many"
        ),
        pytest.param(
            _row(answered=998), "left before 2 of 1000 answers came", id="hung up"
        ),
    ],
)
def test_a_run_that_did_not_do_its_job_is_faulty(row: Row, fault: str) -> None:
    """Its rates would flatter it."""
    assert row.fault == fault


def test_the_middle_run_is_shown_and_of_two_the_slower() -> None:
    """The luckiest run is not what a reader will get."""
    fast, middle, slow = _row(wall=2.0), _row(wall=3.0), _row(wall=4.0)

    assert median_row([fast, slow, middle]) is middle
    assert median_row([fast, slow]) is slow
