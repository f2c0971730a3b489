"""Check a suite before anything is asked."""

import click

from demur.cli.console import out
from demur.flows.suite_names import DEFAULT_SUITE, find_suite
from demur.suites.check import Composition, check_suite


@click.command()
@click.argument("suite", default=DEFAULT_SUITE)
def command(suite: str) -> None:
    """Check SUITE: say every fault at once, and what the suite is made of.

    SUITE is the name of a suite that demur ships, or a YAML file or folder. Faults
    give exit code 2; what is only doubtful is said and does not.

    \b
    Examples:
      demur check quickstart
      demur check my-suite.yaml
    """
    found = find_suite(suite)
    made_of = check_suite(found)
    console = out()
    console.print(f"{found.name}: no faults. {found.title}".strip())
    for line in _lines(made_of):
        console.print(line, soft_wrap=True)
    for doubt in made_of.doubts:
        console.print(f"doubtful: {doubt}", soft_wrap=True)


def _lines(made_of: Composition) -> list[str]:
    return [
        f"  cases         {made_of.cases}, families {made_of.families}: "
        f"{_counts(made_of.by_field)}",
        f"  trials        {made_of.trials}: {_counts(made_of.by_context)}",
        f"  expectations  {_counts(made_of.by_expectation)}",
        f"  flipping      {made_of.flipping}: to be served in one context and refused "
        "in another",
    ]


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items())
