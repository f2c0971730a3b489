"""List suites, targets, guards, judges and runs."""

from collections.abc import Sequence

import click
from rich import box
from rich.table import Table

from demur.cli.console import out
from demur.cli.options import opened_store, store_option
from demur.cli.settings import read_settings
from demur.flows.guard_names import GUARDS
from demur.flows.judge_names import ASKING_JUDGES
from demur.flows.names import JUDGES
from demur.flows.store_places import find_place
from demur.flows.suite_names import IMPORTERS, SUITES, find_suite
from demur.flows.target_names import TARGETS
from demur.records.run import RunHeader
from demur.reports.text import shorten
from demur.stores.base import Store

_KINDS = ("suites", "targets", "guards", "judges", "runs")


@click.command()
@click.argument("kind", type=click.Choice(_KINDS), default="runs")
@store_option
def command(kind: str, store_address: str) -> None:
    """List suites, targets, guards, judges, or the runs in a store.

    \b
    Examples:
      demur list targets
      demur list runs
    """
    if kind == "runs":
        with opened_store(find_place(store_address), read_settings()) as store:
            _print(("run", "started", "target", "suite", "answers"), _runs(store))
    elif kind == "targets":
        _print(("target", "what it is"), list(TARGETS.items()))
    elif kind == "guards":
        _print(("guard", "what it stops"), list(GUARDS.items()))
    elif kind == "judges":
        rows = [(name, _first_line(make.__doc__)) for name, make in JUDGES.items()]
        _print(("judge", "what it is"), [*rows, *ASKING_JUDGES.items()])
    else:
        suites = [_suite(name) for name in SUITES]
        suites += [(f"{kind}:PATH", "", made.title) for kind, made in IMPORTERS.items()]
        _print(("suite", "trials", "what it is"), suites)


def _suite(name: str) -> tuple[str, str, str]:
    suite = find_suite(name)
    return name, str(len(suite.trials())), suite.title


def _runs(store: Store) -> list[tuple[str, ...]]:
    return [_run(store, header) for header in store.runs()]


def _run(store: Store, header: RunHeader) -> tuple[str, ...]:
    outcomes = store.outcomes(header.id, judge="")
    answered = sum(outcome.transcript is not None for outcome in outcomes)
    started = header.started[:16].replace("T", " ")
    count = f"{answered}/{len(outcomes)}"
    return header.id, started, shorten(header.target, 60), header.suite, count


def _first_line(text: str | None) -> str:
    return (text or "").strip().splitlines()[0]


def _print(headings: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    table = Table(
        box=box.SIMPLE_HEAD, padding=(0, 2, 0, 0), pad_edge=False, show_edge=False
    )
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*row)
    out().print(table)
