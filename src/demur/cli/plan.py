"""Say how many families of requests it takes to show something."""

from typing import Any

import click

from demur.cli.bill import prices_of
from demur.cli.console import out, write_file
from demur.cli.suite_options import column_options, mapped_of
from demur.errors import InputError
from demur.flows.cost import bill
from demur.flows.plan_suite import plan_suite
from demur.flows.suite_names import DEFAULT_SUITE, find_suite
from demur.records.need import Aim, Assumed
from demur.records.suite import Suite
from demur.reports.plan_report import plan_report, write_plan_json
from demur.reports.terminal import write_terminal
from demur.suites.narrow import only_fields

_LONGEST_ANSWER = 2048
_SHARE = click.FloatRange(min=0, max=1, min_open=True, max_open=True)
_CORRELATION = click.FloatRange(min=0, max=1)
_AIMS = {
    "at_most": Aim.AT_MOST,
    "see_change": Aim.CHANGE,
    "see_gap": Aim.GAP,
}


@click.command()
@click.argument("suite", default=DEFAULT_SUITE)
@click.option(
    "--at-most", type=_SHARE, help="Show that a rate is within this limit, as a gate."
)
@click.option(
    "--see-change", type=_SHARE, help="See a rate differ by so much between two runs."
)
@click.option(
    "--see-gap", type=_SHARE, help="See so large a calibration gap of a deployment."
)
@click.option(
    "--power",
    type=_SHARE,
    default=0.9,
    show_default=True,
    help="Chance to see it where it is so.",
)
@click.option(
    "--error-rate",
    type=click.FloatRange(min=0, max=0.5, min_open=True, max_open=True),
    default=0.05,
    show_default=True,
    help="Chance to see it where it is not so. A limit is tested on one side; a change "
    "or a gap may go either way.",
)
@click.option(
    "--samples",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="How often each trial is to be asked.",
)
@click.option(
    "--rate",
    type=click.FloatRange(min=0, max=1, max_open=True),
    help="With --at-most: what the rate is.  [default: 0, and half of the limit]",
)
@click.option(
    "--flips",
    type=click.FloatRange(min=0, max=0.5, max_open=True),
    default=0.02,
    show_default=True,
    help="Share of trials that differ by chance, each way, where nothing changed.",
)
@click.option(
    "--correlation",
    type=_CORRELATION,
    default=0.5,
    show_default=True,
    help="Between two trials of a family: 1 where they always end alike.",
)
@click.option(
    "--sample-correlation",
    type=_CORRELATION,
    default=0.8,
    show_default=True,
    help="Between two samples of a trial.",
)
@click.option(
    "--price-in", type=click.FloatRange(min=0), help="Of a million tokens read."
)
@click.option(
    "--price-out", type=click.FloatRange(min=0), help="Of a million tokens written."
)
@click.option("--field", "fields", multiple=True, help="Only cases of this field.")
@column_options
@click.option(
    "--json",
    "json_path",
    metavar="FILE",
    help="Write the plan as JSON instead; - is standard output.",
)
def command(suite: str, json_path: str | None, **options: Any) -> None:
    """Say how many families of requests it takes to show something, before asking.

    Give what is to be shown: --at-most, --see-change or --see-gap, as proportions; all
    three may be given. SUITE is the name of a suite that demur ships, a YAML file or
    folder, a public data set as xstest:PATH, or a table with --column.

    Families are the unit, as in every interval of demur: where the suite has too few,
    more samples of the same requests may not help, and the answer says so.

    \b
    Examples:
      demur plan healthcare --at-most 0.05
      demur plan quickstart --see-change 0.05 --see-gap 0.1 --power 0.8
      demur plan security --see-gap 0.1 --samples 3 --price-in 1 --price-out 5
    """
    wanted = [(aim, options[name]) for name, aim in _AIMS.items() if options[name]]
    assumed = _assumed(options)
    _check(wanted, assumed)
    found = find_suite(suite, mapped_of(options["columns"], options["expects"]))
    if options["fields"]:
        found = only_fields(found, options["fields"])
    needs = [
        need for aim, size in wanted for need in plan_suite(found, aim, size, assumed)
    ]
    if json_path is not None:
        write_file(json_path, write_plan_json(found.name, needs, assumed))
        return
    facts, trial_cost = _facts(found, assumed.samples, options)
    report = plan_report(found.name, facts, needs, assumed, trial_cost)
    write_terminal(report, out())


def _assumed(options: dict[str, Any]) -> Assumed:
    names = ("power", "rate", "flips", "correlation", "sample_correlation", "samples")
    return Assumed(
        error=options["error_rate"], **{name: options[name] for name in names}
    )


def _check(wanted: list[tuple[Aim, float]], assumed: Assumed) -> None:
    """What goes together.

    Raises:
        InputError: If it does not.
    """
    if not wanted:
        hint = "Give --at-most 0.05, --see-change 0.05 or --see-gap 0.1."
        raise InputError("demur plan", "does not know what is to be shown", hint)
    if assumed.sample_correlation < assumed.correlation:
        hint = "Samples of a trial are at least as alike as trials of a family."
        raise InputError("--sample-correlation", "is less than --correlation", hint)
    for aim, size in wanted:
        if aim is Aim.AT_MOST and (assumed.rate or 0.0) >= size:
            hint = "A rate that is not below the limit cannot be shown to be."
            raise InputError("--rate", f"is not below --at-most {size:g}", hint)
        if aim is not Aim.AT_MOST and size + 2 * assumed.flips > 1:
            hint = "Both ways by chance, and the change, are shares of the same trials."
            raise InputError("--flips", f"is too much beside {size:g}", hint)


def _facts(
    suite: Suite, samples: int, options: dict[str, Any]
) -> tuple[dict[str, str], float | None]:
    """What asking the suite takes, and what a trial of it costs."""
    prices = prices_of(options["price_in"], options["price_out"])
    takes = bill(suite.trials(samples), _LONGEST_ANSWER)
    times = f", {samples} samples of each" if samples > 1 else ""
    facts = {
        "suite": f"{takes.trials:,} trials of "
        f"{len({case.family for case in suite.cases}):,} families{times}",
        "to ask it": f"about {takes.read:,} tokens to read and {takes.written:,} to "
        "write",
    }
    if prices is None:
        return facts, None
    cost = prices.cost(takes.read, takes.written)
    facts["cost"] = f"about {cost:.2f}, in the currency of the prices"
    return facts, cost / takes.trials if takes.trials else None
