"""What `demur run` is told: its options, and the record that holds them."""

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

import click

from demur.cli.judge_options import JudgeChoice
from demur.cli.suite_options import column_options
from demur.flows.target_names import DEFAULT_TARGET


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The options of one call, as they were typed."""

    suite: str
    target: str
    base_url: str | None
    api_key_env: str | None
    system: Path | None
    input_guard: str | None
    output_guard: str | None
    columns: tuple[str, ...]
    expects: tuple[str, ...]
    fields: tuple[str, ...]
    contexts: tuple[str, ...]
    samples: int
    seed: int
    temperature: float | None
    max_tokens: int | None
    concurrency: int | None
    rpm: float | None
    tpm: float | None
    timeout: float
    connect_timeout: float
    patience: float
    until: tuple[str, ...]
    error_rate: float
    max_trials: int | None
    max_cost: float | None
    price_in: float | None
    price_out: float | None
    confirm_above: float
    yes: bool
    wait: float
    fresh: bool
    store_address: str
    judging: JudgeChoice
    html_path: str | None
    json_path: str | None


class _Finite(click.FloatRange):
    """A number in a range; "nan" is in none."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        number: float = super().convert(value, param, ctx)
        if not isfinite(number):
            self.fail(f"{value!r} is no number.", param, ctx)
        return number


_POSITIVE = _Finite(min=0, min_open=True)

_WHOM = (
    click.option(
        "--target",
        metavar="NAME",
        default=DEFAULT_TARGET,
        show_default=True,
        help="What to test; `demur list targets` shows the forms.",
    ),
    click.option(
        "--base-url",
        metavar="URL",
        help="Address of an OpenAI-compatible server, such as "
        "http://localhost:8000/v1; --target is then the model's name there.",
    ),
    click.option(
        "--api-key-env",
        metavar="VARIABLE",
        help="Environment variable with the key for --base-url. None is sent without "
        "it.",
    ),
    click.option(
        "--system",
        type=click.Path(dir_okay=False, path_type=Path),
        help="File with your own system prompt: the cases are asked under it beside "
        "general, in a context called own-prompt, instead of the suite's deployments.",
    ),
    click.option(
        "--input-guard",
        metavar="NAME",
        help="Put a guardrail in front, which reads what the user says: keywords, or "
        "another that `demur list guards` shows.",
    ),
    click.option(
        "--output-guard",
        metavar="NAME",
        help="Put a guardrail behind, which reads what the target answers.",
    ),
)

_WHAT = (
    click.option("--field", "fields", multiple=True, help="Only cases of this field."),
    click.option(
        "--context",
        "contexts",
        multiple=True,
        metavar="NAME|FILE",
        help="Only this context; or a file with your own system prompt, under which "
        "the cases are asked too.",
    ),
    click.option(
        "--samples",
        type=click.IntRange(min=1),
        default=1,
        show_default=True,
        help="How often to ask each trial.",
    ),
    click.option(
        "--seed", type=int, default=0, show_default=True, help="Of the order of asking."
    ),
    click.option(
        "--temperature",
        type=_Finite(min=0),
        help="Default: greedy on the embedded model, a server's own elsewhere.",
    ),
    click.option(
        "--max-tokens",
        type=click.IntRange(min=1),
        help="Longest answer. Default: 96 on the embedded model, 2048 elsewhere.",
    ),
)

_HOW_FAST = (
    click.option(
        "--concurrency",
        type=click.IntRange(min=1),
        help="Trials under way at once. Default: 16, or what suits the embedded "
        "model. A server that says it is too many gets fewer.",
    ),
    click.option("--rpm", type=_POSITIVE, help="Most requests a minute."),
    click.option("--tpm", type=_POSITIVE, help="Most tokens a minute."),
    click.option(
        "--timeout",
        type=_Finite(min=1),
        default=120.0,
        show_default=True,
        help="Seconds that a server has for one answer.",
    ),
    click.option(
        "--connect-timeout",
        type=_POSITIVE,
        default=15.0,
        show_default=True,
        help="Seconds for connecting to it.",
    ),
    click.option(
        "--patience",
        type=_Finite(min=0),
        default=300.0,
        show_default=True,
        help="Seconds to pause while every call fails, before the run ends early.",
    ),
)

_HOW_MUCH = (
    click.option(
        "--until",
        multiple=True,
        metavar="CONDITION",
        help="Stop as soon as it is known whether this holds, such as 'over-refusal "
        "<= 0.05'; of several, once all are known. Families are then asked whole.",
    ),
    click.option(
        "--error-rate",
        type=_Finite(min=0, max=0.5, min_open=True, max_open=True),
        default=0.05,
        show_default=True,
        help="Of --until: chance that any of its answers is wrong.",
    ),
    click.option(
        "--max-trials", type=click.IntRange(min=1), help="Ask no more than these now."
    ),
    click.option("--price-in", type=_Finite(min=0), help="Of a million tokens read."),
    click.option(
        "--price-out", type=_Finite(min=0), help="Of a million tokens written."
    ),
    click.option(
        "--max-cost",
        type=_POSITIVE,
        help="Begin no trial that could take the cost above this. Needs both prices.",
    ),
    click.option(
        "--confirm-above",
        type=_Finite(min=0),
        default=1.0,
        show_default=True,
        help="Ask first if the answers may cost more.",
    ),
    click.option("--yes", is_flag=True, help="Do not ask first."),
    click.option(
        "--wait",
        type=_Finite(min=0),
        default=10.0,
        show_default=True,
        help="Seconds to wait for another process that writes to the store.",
    ),
    click.option("--fresh", is_flag=True, help="Start a new run, whatever is stored."),
)


def run_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """All options of `demur run` that other commands do not have."""
    for option in reversed((*_HOW_FAST, *_HOW_MUCH)):
        command = option(command)
    command = column_options(command)
    for option in reversed((*_WHOM, *_WHAT)):
        command = option(command)
    return command
