"""Prints how fast demur asks the embedded model, beside the obvious loop."""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.clients.base import plain_environment
from bench.machine import machine, say
from bench.measure import Usage, measure, tail
from bench.table import plain_list, plain_table

_LOOP, _DEMUR = "one at a time", "demur"

ORDER = (_LOOP, _DEMUR, _DEMUR, _LOOP)
"""A drift of the machine, if it is steady, costs both the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One run over all trials.

    Attributes:
        name: Who ran.
        trials: Trials answered.
        tokens: Tokens of all answers.
        used: What the command took, loading the model included.
    """

    name: str
    trials: int
    tokens: int
    used: Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """What both ask.

    Attributes:
        model: The model's file.
        fields: Of the quickstart suite.
        max_tokens: Where each answer is cut.
        rounds: How often `ORDER` is gone through.
    """

    model: str
    fields: tuple[str, ...]
    max_tokens: int
    rounds: int


def _loop_command(plan: _Plan, folder: Path) -> list[str]:
    threads = len(os.sched_getaffinity(0))
    words = [sys.executable, "-m", "bench.clients.llama_loop", plan.model]
    words += [str(threads), str(plan.max_tokens), str(folder / "report.json")]
    return [*words, *plan.fields]


def _demur_command(plan: _Plan, folder: Path) -> list[str]:
    words = [sys.executable, "-m", "demur", "run", "quickstart"]
    words += ["--target", "local/smollm2", "--max-tokens", str(plan.max_tokens)]
    words += ["--store", str(folder / "demur.sqlite")]
    words += ["--json", str(folder / "report.json")]
    return words + [word for name in plan.fields for word in ("--field", name)]


def _turn(name: str, plan: _Plan) -> Turn:
    say(f"{name}: {', '.join(plan.fields)}, answers of {plan.max_tokens} tokens")
    make = _loop_command if name == _LOOP else _demur_command
    with tempfile.TemporaryDirectory(prefix="demur-bench-") as place:
        folder = Path(place)
        command = make(plan, folder)
        used = measure(command, folder, environment=plain_environment())
        if used.code:
            raise SystemExit(f"{name}: exit code {used.code}\n{tail(folder)}")
        report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    trials, tokens = _answered(report)
    return Turn(name=name, trials=trials, tokens=tokens, used=used)


def _answered(report: dict[str, object]) -> tuple[int, int]:
    """Trials and tokens of a report, the loop's or demur's."""
    if "tokens" in report:
        return int(str(report["trials"])), int(str(report["tokens"]))
    trials = report["trials"]
    assert isinstance(trials, list)
    tokens = [trial["transcript"]["completion_tokens"] for trial in trials]
    return len(tokens), sum(tokens)


def _lines(turns: Sequence[Turn]) -> list[tuple[str, ...]]:
    heading = ("", "trials", "tokens", "wall s", "tokens/s", "CPU-s", "peak MB")
    return [heading, *(_line(turn) for turn in turns)]


def _line(turn: Turn) -> tuple[str, ...]:
    used = turn.used
    rate = turn.tokens / used.wall_seconds
    figures = [f"{x:.1f}" for x in (used.wall_seconds, rate, used.cpu_seconds)]
    count = (str(turn.trials), str(turn.tokens))
    return (turn.name, *count, *figures, f"{used.peak_mb:.0f}")


def _ratios(turns: Sequence[Turn]) -> str:
    """How demur does against the loop, over all turns of each."""
    wall = {n: sum(t.used.wall_seconds for t in turns if t.name == n) for n in ORDER}
    tokens = {n: sum(t.tokens for t in turns if t.name == n) for n in ORDER}
    faster = wall[_LOOP] / wall[_DEMUR]
    rate = (tokens[_DEMUR] / wall[_DEMUR]) / (tokens[_LOOP] / wall[_LOOP])
    return f"demur: {rate:.2f} x the tokens/s, done {faster:.2f} x as fast\n"


def _model() -> str:
    """The embedded model's file."""
    from demur.cli.settings import read_settings  # noqa: PLC0415 # keeps us small
    from demur.clients.model_file import SMOLLM2, find_model  # noqa: PLC0415

    found = find_model(SMOLLM2, read_settings().models)
    if found is None:
        raise SystemExit("not measured: no embedded model; demur model get smollm2")
    return str(found)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer, shorter answers")
    parser.add_argument("--json", metavar="FILE", help="also write all runs there")
    return parser.parse_args()


def main() -> None:
    """Run both in turn; the table goes to standard output."""
    options = _options()
    plan = _Plan(
        model=_model(),
        fields=("security",) if options.quick else ("security", "healthcare"),
        max_tokens=24 if options.quick else 64,
        rounds=1,
    )
    before = machine()
    turns = [_turn(name, plan) for name in ORDER * plan.rounds]
    title = f"Embedded model, answers of at most {plan.max_tokens} tokens"
    table = plain_table(title, _lines(turns))
    sys.stdout.write(f"{plain_list(before)}\n{table}{_ratios(turns)}")
    if options.json:
        body = {"machine": before, "runs": [asdict(turn) for turn in turns]}
        Path(options.json).write_text(json.dumps(body, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
