"""The options of whoever judges: from what was typed to a judge, and what it takes."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, fields
from functools import wraps
from typing import Any

import click

from demur.cli.bill import confirm, prices_of
from demur.cli.console import FetchProgress, say
from demur.cli.settings import Settings
from demur.flows.cost import Bill
from demur.flows.judge_cost import cost_of_judging
from demur.flows.judge_names import JudgeOptions, make_judge
from demur.flows.names import DEFAULT_JUDGE
from demur.judges.base import Judge
from demur.judges.cascade import THRESHOLD
from demur.judges.usage import JudgeUsage
from demur.records.prices import Prices

REPLIES = "judge-replies.sqlite"
"""The file of kept replies, in the cache folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeChoice:
    """The options about the judge, as they were typed."""

    judge_name: str = DEFAULT_JUDGE
    judge_base_url: str | None
    judge_api_key_env: str | None
    judge_concurrency: int | None
    judge_rpm: float | None
    judge_threshold: float
    judge_price_in: float | None
    judge_price_out: float | None
    no_judge_cache: bool
    confirm_above: float = 1.0
    yes: bool = False


_NAMES = {field.name for field in fields(JudgeChoice)}


_POSITIVE = click.FloatRange(min=0, min_open=True)
_OPTIONS = (
    click.option(
        "--judge",
        "judge_name",
        metavar="NAME",
        default=DEFAULT_JUDGE,
        show_default=True,
        help="Who tells the verdicts; `demur list judges` shows them.",
    ),
    click.option(
        "--judge-base-url",
        metavar="URL",
        help="Address of an OpenAI-compatible server for the judge's model, as in "
        "--judge rubric:qwen3.",
    ),
    click.option(
        "--judge-api-key-env",
        metavar="VARIABLE",
        help="Environment variable with the key for --judge-base-url.",
    ),
    click.option(
        "--judge-concurrency",
        type=click.IntRange(min=1),
        help="The judge's calls under way at once. Default: 16.",
    ),
    click.option("--judge-rpm", type=_POSITIVE, help="Its most requests a minute."),
    click.option(
        "--judge-threshold",
        type=click.FloatRange(min=0, max=1),
        default=THRESHOLD,
        show_default=True,
        help="How sure a cascade's first judge must be of served or not served.",
    ),
    click.option(
        "--judge-price-in",
        type=click.FloatRange(min=0),
        help="Of a million tokens that the judge's model reads.",
    ),
    click.option(
        "--judge-price-out",
        type=click.FloatRange(min=0),
        help="Of a million tokens that it writes.",
    ),
    click.option(
        "--no-judge-cache",
        is_flag=True,
        help="Ask the judge's model anew about what it was asked before.",
    ),
)
_CONFIRM = (
    click.option(
        "--confirm-above",
        type=click.FloatRange(min=0),
        default=1.0,
        show_default=True,
        help="Ask first if judging may cost more.",
    ),
    click.option("--yes", is_flag=True, help="Do not ask first."),
)


def judge_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """All options about the judge, handed on as one `JudgeChoice`, ``judging``."""
    return _gathered(command, (*_OPTIONS, *_CONFIRM), _NAMES)


def judge_options_of_run(command: Callable[..., Any]) -> Callable[..., Any]:
    """The same for `demur run`, which asks before it pays by options of its own."""
    return _gathered(command, _OPTIONS, _NAMES - {"confirm_above", "yes"})


def judge_options_beside(command: Callable[..., Any]) -> Callable[..., Any]:
    """The same for a command with a ``--judge`` of its own, which may be repeated."""
    return _gathered(command, (*_OPTIONS[1:], *_CONFIRM), _NAMES - {"judge_name"})


def _gathered(
    command: Callable[..., Any], added: Iterable[Any], names: Collection[str]
) -> Callable[..., Any]:
    @wraps(command)
    def with_choice(**options: Any) -> Any:
        chosen = {name: options.pop(name) for name in names}
        return command(judging=JudgeChoice(**chosen), **options)

    for option in reversed(tuple(added)):
        with_choice = option(with_choice)
    return with_choice


@dataclass(slots=True, kw_only=True)
class Judging:
    """A judge, and what it takes to ask it.

    Attributes:
        judge: Who judges.
        usage: What it has taken so far.
        prices: Of its model; None where nobody said.
        above: The cost above which the user is asked.
        is_sure: Whether he is sure beforehand.
        announced: The most calls that he was told of.
    """

    judge: Judge
    usage: JudgeUsage
    prices: Prices | None
    above: float
    is_sure: bool
    announced: int = 0

    def announce(self, bill: Bill) -> None:
        """Say what judging will take, where it takes calls; ask where that is much.

        Raises:
            InputError: If it must be asked and there is nobody to answer.
            click.exceptions.Exit: If the answer is no.
        """
        if bill.trials:
            self.announced = max(self.announced, bill.trials)
            say(f"Judging by {self.judge.name}: at most {bill.trials:,} calls")
            hint = "Add --yes to go on without being asked."
            confirm(bill, self.prices, self.above, is_sure=self.is_sure, hint=hint)

    def announce_more(self, bill: Bill) -> None:
        """The same, unless as many calls were announced before."""
        if bill.trials > self.announced:
            self.announce(bill)

    def close(self) -> None:
        """Say what judging took, where models were asked."""
        usage = self.usage
        if usage.first:
            say(
                f"Cascade: {usage.passed_on:,} of {usage.first:,} passed on to the "
                f"better judge ({usage.passed_on / usage.first:.1%}), "
                f"{usage.first - usage.passed_on:,} calls saved{self._saved()}"
            )
        if not usage.calls + usage.kept:
            return
        spent = cost_of_judging(usage, self.prices)
        cost = "" if spent is None else f", cost {spent:.4f}"
        again = f" ({usage.again} of them second tries)" if usage.again else ""
        say(
            f"Judge's model: {usage.calls:,} calls{again}, {usage.read:,} tokens read "
            f"and {usage.written:,} written{cost}; {usage.kept:,} replies were kept "
            "from before"
        )

    def _saved(self) -> str:
        """What the calls that a cascade saved would have cost, by those it made."""
        usage = self.usage
        spent = cost_of_judging(usage, self.prices)
        if spent is None or not usage.calls:
            return ""
        each = spent / usage.calls
        return f", worth about {each * (usage.first - usage.passed_on):.4f}"


def make_judging(choice: JudgeChoice, settings: Settings) -> Judging:
    """The judge that the options describe.

    Raises:
        InputError: If a name, a key or an option is wrong.
    """
    usage = JudgeUsage()
    options = JudgeOptions(
        base_url=choice.judge_base_url,
        key_variable=choice.judge_api_key_env,
        concurrency=choice.judge_concurrency,
        requests_per_minute=choice.judge_rpm,
        notice=say,
        environment=settings.environment,
        models=settings.models,
        on_fetch=FetchProgress(choice.judge_name).show,
        threshold=choice.judge_threshold,
        replies=None if choice.no_judge_cache else settings.models.parent / REPLIES,
        usage=usage,
    )
    prices = prices_of(
        choice.judge_price_in,
        choice.judge_price_out,
        ("--judge-price-in", "--judge-price-out"),
    )
    return Judging(
        judge=make_judge(choice.judge_name, options),
        usage=usage,
        prices=prices,
        above=choice.confirm_above,
        is_sure=choice.yes,
    )
