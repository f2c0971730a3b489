"""Says what a run will take before it is begun, and asks where that is much."""

import sys

import click

from demur.cli.console import say
from demur.cli.main import INCOMPLETE
from demur.errors import InputError
from demur.flows.cost import Bill
from demur.records.prices import Prices


def prices_of(
    price_in: float | None,
    price_out: float | None,
    names: tuple[str, str] = ("--price-in", "--price-out"),
) -> Prices | None:
    """The prices, if they are given, by options of these names.

    Raises:
        InputError: If only one of them is.
    """
    if price_in is None and price_out is None:
        return None
    if price_in is None or price_out is None:
        given, missing = names if price_out is None else names[::-1]
        hint = f"Give {missing} too: prices are for a million tokens each."
        raise InputError(given, "is half of a price", hint)
    return Prices(read=price_in, written=price_out)


def check_max_cost(max_cost: float | None, prices: Prices | None) -> None:
    """A limit in money needs prices.

    Raises:
        InputError: If there are none.
    """
    if max_cost is not None and prices is None:
        hint = "Give --price-in and --price-out, for a million tokens each."
        raise InputError("--max-cost", "cannot be kept without prices", hint)


def confirm(
    bill: Bill,
    prices: Prices | None,
    above: float,
    *,
    is_sure: bool,
    hint: str | None = None,
) -> None:
    """Say what asking will take; ask first where it may cost more than a limit.

    Args:
        bill: What it will take.
        prices: None where nobody said.
        above: The limit.
        is_sure: Whether the user is, whatever it costs.
        hint: What to do where there is nobody to answer.

    Raises:
        InputError: If it must be asked and there is nobody to answer.
        click.exceptions.Exit: If the answer is no.
    """
    say(f"  about {bill.read:,} tokens to read and {bill.written:,} to write")
    if prices is None:
        return
    likely = prices.cost(bill.read, bill.written)
    most = prices.cost(bill.read, bill.most_written)
    cost = f"about {likely:.2f}, at most {most:.2f}"
    say(f"  cost: {cost}, in the currency of the prices")
    if most <= above or is_sure:
        return
    if not sys.stdin.isatty():
        hint = hint or (
            f"Add --yes to go on without being asked, or --max-cost {above:g}."
        )
        raise InputError("--confirm-above", f"this may cost {cost}", hint)
    if not click.confirm("Go on?", err=True):
        say("Nothing was asked.")
        raise click.exceptions.Exit(INCOMPLETE)
