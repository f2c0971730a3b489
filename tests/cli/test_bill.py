"""Tests of demur.cli.bill."""

import io

import pytest

from demur.cli.bill import check_max_cost, confirm, prices_of
from demur.errors import InputError
from demur.flows.cost import Bill
from demur.records.prices import Prices

PRICES = Prices(read=1.0, written=2.0)
BILL = Bill(trials=1000, read=100_000, written=400_000, most_written=2_000_000)
"""About 0.90, at most 4.10."""


def test_both_prices_or_none() -> None:
    """A price of 0 is a price."""
    assert prices_of(None, None) is None
    assert prices_of(0, 0) == Prices(read=0, written=0)
    assert prices_of(1.5, 6) == Prices(read=1.5, written=6)


@pytest.mark.parametrize(
    ("read", "written", "given", "missing"),
    [
        pytest.param(1.0, None, "--price-in", "Give --price-out too", id="in"),
        pytest.param(None, 1.0, "--price-out", "Give --price-in too", id="out"),
    ],
)
def test_half_a_price_is_refused(
    read: float | None, written: float | None, given: str, missing: str
) -> None:
    """It says which half is there and which is not."""
    with pytest.raises(InputError) as caught:
        prices_of(read, written)

    assert caught.value.where == given
    assert caught.value.hint.startswith(missing)


def test_a_limit_in_money_needs_prices() -> None:
    """It could not be kept."""
    with pytest.raises(InputError, match="--price-in and --price-out"):
        check_max_cost(1.0, None)
    check_max_cost(1.0, PRICES)
    check_max_cost(None, None)


def test_without_prices_only_tokens_are_said(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """And nobody is asked: how much that is, we do not know."""
    confirm(BILL, None, 0.0, is_sure=False)

    said = capsys.readouterr().err
    assert said == "  about 100,000 tokens to read and 400,000 to write\n"


@pytest.mark.parametrize(
    ("above", "is_sure"),
    [
        pytest.param(4.1, False, id="just not above"),
        pytest.param(0.0, True, id="sure"),
    ],
)
def test_what_is_cheap_or_sure_is_not_asked(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    above: float,
    is_sure: bool,  # noqa: FBT001 # a column of the table
) -> None:
    """The cost is said all the same."""
    monkeypatch.setattr("sys.stdin", io.StringIO(""))  # nobody is there

    confirm(BILL, PRICES, above, is_sure=is_sure)

    assert "cost: about 0.90, at most 4.10, in the curr" in capsys.readouterr().err


def test_where_nobody_can_be_asked_much_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By the most that it may cost, with what to do about it."""
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))  # a pipe is nobody

    with pytest.raises(InputError, match="this may cost about") as e:
        confirm(BILL, PRICES, 4.0, is_sure=False)

    assert e.value.problem.endswith("about 0.90, at most 4.10")
    assert e.value.hint.endswith("--yes to go on without being asked, or --max-cost 4.")
