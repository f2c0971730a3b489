"""Check a suite before anything is asked."""

from typing import Any

import click
import msgspec

from demur.cli.bill import prices_of
from demur.cli.console import out, write_file
from demur.cli.suite_options import column_options, mapped_of
from demur.flows.check import Checked, check
from demur.flows.suite_names import DEFAULT_SUITE
from demur.measures.label_agreement import LabelAgreement
from demur.records.case import Expectation
from demur.records.prices import Prices
from demur.reports.text import DASH
from demur.stats.estimate import Estimate


@click.command()
@click.argument("suite", default=DEFAULT_SUITE)
@click.option(
    "--samples",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="How often each trial is to be asked, for the cost.",
)
@click.option(
    "--price-in", type=click.FloatRange(min=0), help="Of a million tokens read."
)
@click.option(
    "--price-out", type=click.FloatRange(min=0), help="Of a million tokens written."
)
@column_options
@click.option(
    "--json",
    "json_path",
    metavar="FILE",
    help="Write the counts as JSON instead; - is standard output.",
)
def command(suite: str, samples: int, json_path: str | None, **options: Any) -> None:
    """Check SUITE: say every fault at once, and what the suite is made of.

    SUITE is the name of a suite that demur ships, a YAML file or folder, a public data
    set as xstest:PATH (`demur list suites` shows which), or a table with --column.
    Faults give exit code 2; what is only doubtful is said and does not.

    \b
    Examples:
      demur check quickstart
      demur check my-suite.yaml
      demur check questions.csv --column request=prompt --expect answer
    """
    prices = prices_of(options["price_in"], options["price_out"])
    own = mapped_of(options["columns"], options["expects"])
    checked = check(suite, own, samples)
    if json_path is not None:
        content = msgspec.json.encode(_as_json(checked))
        write_file(json_path, msgspec.json.format(content, indent=2).decode())
        return
    console = out()
    title = f"{checked.suite.name}: no faults. {checked.suite.title}".strip()
    console.print(title, soft_wrap=True)
    for line in _lines(checked, samples, prices):
        console.print(line, soft_wrap=True)
    for doubt in checked.doubts:
        console.print(f"doubtful: {doubt}", soft_wrap=True)


def _lines(checked: Checked, samples: int, prices: Prices | None) -> list[str]:
    made_of = checked.made_of
    fields = made_of.by_field
    topics = f"{len(made_of.by_topic)} topics"
    return [
        f"  cases         {made_of.cases} in {made_of.families} families, {topics}: "
        f"{_counts(fields)}",
        f"                {made_of.positive_edges} positive edge cases, "
        f"{made_of.harmful_contrasts} harmful contrasts",
        f"                {made_of.same_words} same words, to be served in one context "
        "and refused in another",
        f"                {made_of.trigger_pairs} trigger pairs, {made_of.multi_turn} "
        f"of several turns, {made_of.contested} contested expectations",
        f"  trials        {made_of.trials}: {_counts(made_of.by_context)}",
        f"  expectations  {_counts(made_of.by_expectation)}",
        f"  to ask it     {_cost(checked, samples, prices)}",
        *_agreements(checked.agreements),
    ]


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items())


def _cost(checked: Checked, samples: int, prices: Prices | None) -> str:
    bill = checked.bill
    said = f"about {bill.read:,} tokens to read and {bill.written:,} to write"
    said += f" for {samples} samples" if samples > 1 else ""
    if prices is None:
        return said
    cost = prices.cost(bill.read, bill.written)
    return f"{said}, {cost:.2f} in the currency of the prices"


def _agreements(agreements: dict[str, LabelAgreement]) -> list[str]:
    """Each round of labelling; the confusion table of the last."""
    lines = [
        f"  {'labelled' if at == 0 else '':12}  {name}: kappa {_kappa(found.kappa)}, "
        f"refuse or not {_kappa(found.kappa_refuse)}; agreed on {found.agreed} of "
        f"{found.trials} trials"
        for at, (name, found) in enumerate(agreements.items())
    ]
    for name, found in list(agreements.items())[-1:]:
        lines.append(f"                {name}, first label by second, blind:")
        lines += [f"                {row}" for row in _confusion(found)]
    return lines


def _kappa(estimate: Estimate | None) -> str:
    if estimate is None:
        return DASH
    return f"{estimate.value:.2f} [{estimate.low:.2f}, {estimate.high:.2f}]"


def _confusion(found: LabelAgreement) -> list[str]:
    names = [expectation.value for expectation in Expectation]
    rows = [f"{'':8}" + "".join(f"{name:>8}" for name in names)]
    for first in Expectation:
        counts = [found.confusion.get((first, second), 0) for second in Expectation]
        rows.append(f"{first.value:8}" + "".join(f"{count:8}" for count in counts))
    return rows


def _as_json(checked: Checked) -> dict[str, object]:
    return {
        "suite": checked.suite.name,
        "title": checked.suite.title,
        "licence": checked.suite.licence,
        **msgspec.to_builtins(checked.made_of),
        "tokens": msgspec.to_builtins(checked.bill),
        "labelled": {
            name: {
                "kappa": msgspec.to_builtins(found.kappa),
                "kappa_refuse": msgspec.to_builtins(found.kappa_refuse),
                "trials": found.trials,
                "agreed": found.agreed,
            }
            for name, found in checked.agreements.items()
        },
        "doubts": list(checked.doubts),
    }
