"""Tests of demur.cli.trial_progress."""

from dataclasses import replace

import pytest

from demur.cli.trial_progress import TrialProgress, duration, failures_in_words
from demur.flows.progress import Progress


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What stood on standard error since the last look."""
    return capsys.readouterr().err.splitlines()


def test_without_a_terminal_there_is_a_line_at_each_tenth(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Ten for 200 trials, however many batches they come in, and the last is last."""
    progress = TrialProgress(Clock())

    for asked in range(201):
        progress.show(Progress(total=200, stored=0, asked=asked))

    assert lines(capsys) == [f"  {n} of 200 trials" for n in range(20, 201, 20)]


def test_a_slow_run_says_that_it_is_alive(capsys: pytest.CaptureFixture[str]) -> None:
    """More than ten seconds after the last line, where there is something new."""
    clock = Clock()
    progress = TrialProgress(clock)

    for asked in (0, 0, 1, 2, 3, 3):
        progress.show(Progress(total=200, stored=0, asked=asked))
        clock.seconds += 6

    assert [line.split(",")[0] for line in lines(capsys)] == [
        "  1 of 200 trials",
        "  3 of 200 trials",
    ]


def test_a_resumed_run_counts_what_was_there(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """90 of 100 were there: the line at the end is of all; the rate is of now."""
    clock = Clock()
    progress = TrialProgress(clock)
    progress.show(Progress(total=100, stored=90))
    clock.seconds += 5

    progress.show(Progress(total=100, stored=90, asked=10))

    assert lines(capsys) == ["  100 of 100 trials, 2.0/s"]


def test_a_line_says_all_that_matters(capsys: pytest.CaptureFixture[str]) -> None:
    """Failures first; then speed, time left, waits, tokens and cost."""
    clock = Clock()
    clock.seconds += 500  # loading a model or asking first is no time of the run
    progress = TrialProgress(clock)
    clock.seconds += 500
    progress.show(Progress(total=1000, stored=0))
    clock.seconds += 50

    progress.show(
        Progress(
            total=1000,
            stored=0,
            asked=100,
            failures={"TargetTimeoutError": 2, "TargetRejectedError": 1},
            waited_seconds=75.2,
            read=12000,
            written=3456,
            cost=0.01234,
        )
    )

    assert lines(capsys) == [
        "  100 of 1000 trials, 3 failed (2 timeout, 1 rejected), 2.0/s, "
        "7 min 30 s left, waited 1 min 15 s, 15,456 tokens, cost 0.0123"
    ]


def test_a_terminal_gets_a_bar_with_the_same_words(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And it is gone at the end; a notice stands above it, made harmless."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "200")
    progress = TrialProgress(Clock())
    now = Progress(total=10, stored=2, failures={"TargetServerError": 1}, asked=3)

    progress.show(now)
    progress.notice("Paused: every call fails: \x1b[2J\x1b]0;owned\x07 [bold]no[/bold]")
    progress.show(replace(now, asked=8))
    progress.close()

    said = capsys.readouterr().err
    assert "10/10" in said
    assert "1 failed (1 server)" in said
    assert "[bold]no[/bold]" in said
    assert not any(bad in said for bad in ("\x1b[2J", "\x1b]0", "\x07"))


def test_a_notice_without_a_bar_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Whole, however long, and without what would act on a terminal."""
    progress = TrialProgress(Clock())

    progress.notice("Paused: " + "long " * 60 + "\x1b[31mred\x9b")
    progress.close()

    (line,) = lines(capsys)
    assert line.count("long") == 60
    assert "\x1b" not in line
    assert "\x9b" not in line


@pytest.mark.parametrize(
    ("failures", "said"),
    [
        pytest.param({}, "", id="none"),
        pytest.param({"TargetServerError": 2}, "2 failed (2 server)", id="one kind"),
        pytest.param(
            {"TargetRateLimitError": 1, "TargetReplyError": 3},
            "4 failed (1 rate limit, 3 unreadable reply)",
            id="two kinds",
        ),
        pytest.param({"NewError": 1}, "1 failed (1 NewError)", id="unknown kind"),
    ],
)
def test_failures_are_told_by_kind(failures: dict[str, int], said: str) -> None:
    """A kind that has no word here is called by its name."""
    assert failures_in_words(Progress(total=9, stored=0, failures=failures)) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (59.4, "59 s"),
        (59.6, "1 min 0 s"),
        (125, "2 min 5 s"),
        (3599.7, "1 h 0 min"),
        (7384, "2 h 3 min"),
        (360000, "100 h 0 min"),
    ],
)
def test_a_duration_is_read_as_one_says_it(seconds: float, said: str) -> None:
    """Never sixty seconds, nor sixty minutes."""
    assert duration(seconds) == said
