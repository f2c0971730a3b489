"""Tests of demur.reports.text."""

import pytest

from demur.measures.base import Measured
from demur.reports.text import (
    coefficient,
    left_out,
    p_value,
    percent,
    points,
    printable,
    rate_line,
    shorten,
)
from demur.stats.estimate import Estimate


def make_estimate(value: float, low: float, high: float) -> Estimate:
    """An estimate at 95 %."""
    return Estimate(value=value, low=low, high=high, level=0.95, method="by hand")


def test_nothing_known_is_a_dash() -> None:
    """Not 0 %, and not the whole range."""
    nothing = Measured(
        name="over-refusal", estimate=None, trials=0, families=0, left_out={"failed": 7}
    )

    assert percent(None) == points(None) == "–"
    assert rate_line(nothing) == "over-refusal –  n = 0, left out: 7 failed"


@pytest.mark.parametrize(
    ("value", "low", "high", "written"),
    [
        pytest.param(0.1, -0.05, 0.25, "+10.0 points [−5.0, +25.0]", id="signs"),
        pytest.param(-0.1, -0.2, 0.0, "−10.0 points [−20.0, 0.0]", id="a real minus"),
        pytest.param(-0.0001, -0.5, 0.5, "0.0 points [−50.0, +50.0]", id="no −0.0"),
    ],
)
def test_a_difference_carries_its_sign(
    value: float, low: float, high: float, written: str
) -> None:
    """Percentage points, so that nobody takes them for percent."""
    assert points(make_estimate(value, low, high)) == written


def test_a_rate_is_written_in_percent() -> None:
    """The one place where proportions become percent."""
    assert percent(make_estimate(0.0625, 0.0, 1.0)) == "6.2 % [0.0, 100.0]"


def test_reasons_with_nothing_to_them_are_not_listed() -> None:
    """Counts of 0 are noise."""
    measured = Measured(
        name="m", estimate=None, trials=3, families=3, left_out={"a": 0, "b": 2}
    )

    assert left_out(measured) == "2 b"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        pytest.param("a\x1b[31mb", "a�[31mb", id="escape"),
        pytest.param("a\x00b\x9bc", "a�b�c", id="NUL and C1"),
        pytest.param("line\r\nnext\tcell\n", "line\nnext\tcell\n", id="lines stay"),
        pytest.param("\ud800x", "?x", id="lone surrogate"),
        pytest.param("\u202eevil\u2066", "�evil�", id="marks that reorder"),
        pytest.param("naïve – 日本 ✓", "naïve – 日本 ✓", id="text stays"),
    ],
)
def test_what_could_act_is_replaced(text: str, clean: str) -> None:
    """On a terminal or a page nothing of a model's can act."""
    assert printable(text) == clean


def test_shortening_a_huge_text_reads_only_its_start() -> None:
    """Two million characters become one short line."""
    assert shorten("a b\n" * 500_000, 10) == "a b a b a…"
    assert shorten("short", 10) == "short"


def test_a_coefficient_has_its_interval_and_a_true_minus() -> None:
    """Kappa is no rate: no percent; and a dash where it is undefined."""
    assert coefficient(make_estimate(-0.144, -0.83, 0.7)) == "−0.14 [−0.83, 0.70]"
    assert coefficient(make_estimate(0.1754, 0.1, 0.3), 3) == "0.175 [0.100, 0.300]"
    assert coefficient(None) == "–"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.0, "p < 0.001"),
        (0.00099, "p < 0.001"),
        (0.001, "p = 0.001"),
        (1, "p = 1.000"),
    ],
)
def test_a_p_value_is_never_shown_as_0(value: float, said: str) -> None:
    """No exact test gives 0."""
    assert p_value(value) == said
