"""In what runs differ, and what to call them."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from demur.reports.document import Block, Cell, Note, Section, Table
from demur.reports.judged_run import JudgedRun
from demur.reports.text import DASH, shorten

_BESIDE = frozenset(
    {"started", "system prompt", "concurrency", "timeout", "connect timeout"}
    | {"patience", "rpm", "tpm", "price in", "price out"}
)
"""What is recorded and decides nothing; the prompt's words are recorded apart."""

_LONGEST = 100
"""Characters of a value shown here; the run's own facts show it in full."""

_NAMING: tuple[Callable[[JudgedRun], str], ...] = (
    lambda run: run.header.target,
    lambda run: run.judge,
    lambda run: run.header.settings.get("system prompt", ""),
    lambda run: run.label,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing in which runs differ.

    Attributes:
        what: What it is.
        values: What it is in each run, in words.
        kind: Which part of the run it belongs to, where it may change what comes out:
            target, settings, judge, suite, system prompt or samples; else empty.
    """

    what: str
    values: tuple[str, ...]
    kind: str


def run_names(runs: Sequence[JudgedRun]) -> tuple[str, ...]:
    """Names that tell the runs apart: by target, judge, prompt file or run."""
    for name in _NAMING:
        names = tuple(map(name, runs))
        if all(names) and len(set(names)) == len(runs):
            return names
    return tuple(f"{run.label} by {run.judge}" for run in runs)


def said_once(values: Iterable[str]) -> str:
    """The values, each once, in this order."""
    return ", ".join(dict.fromkeys(values))


def differences(runs: Sequence[JudgedRun]) -> tuple[Difference, ...]:
    """All that is recorded and not the same in all runs; the dates in any case."""
    columns = [_recorded(run) for run in runs]
    names = dict.fromkeys(name for column in columns for name in column)
    found = [
        Difference(
            what=name,
            values=tuple(column.get(name, DASH) for column in columns),
            kind=_kind(name),
        )
        for name in names
    ]
    return tuple(d for d in found if len(set(d.values)) > 1 or d.what == "started")


def _kind(name: str) -> str:
    if name in _BESIDE or name.startswith("version of "):
        return ""
    if name.startswith("prompt of "):
        return "system prompt"
    return name if name in {"target", "judge", "suite", "samples"} else "settings"


def difference_section(runs: Sequence[JudgedRun], names: Sequence[str]) -> Section:
    """What differs between the runs besides what they said.

    Two runs stand side by side; of several, each value with the runs that have it.
    """
    found = differences(runs)
    rows = [(d.what, *d.values) for d in found]
    headings: tuple[str, ...] = ("", *names)
    if len(runs) > 2:
        headings = ("", "value", "runs")
        rows = [row for d in found for row in _by_value(d, names)]
    table = Table(
        title="Between the runs",
        headings=headings,
        rows=tuple(
            tuple(Cell(text=shorten(text, _LONGEST)) for text in row) for row in rows
        ),
    )
    notes: list[Block] = [Note(text=text) for text in _notes(found)]
    return Section(title="What differs", blocks=(table, *notes))


def _by_value(
    difference: Difference, names: Sequence[str]
) -> Iterator[tuple[str, str, str]]:
    for number, value in enumerate(dict.fromkeys(difference.values)):
        having = (
            name
            for name, its in zip(names, difference.values, strict=True)
            if its == value
        )
        yield (difference.what if number == 0 else ""), value, ", ".join(having)


def prompt_sections(
    runs: Sequence[JudgedRun], names: Sequence[str]
) -> tuple[Section, ...]:
    """The system prompts that differ, in full, for formats with room for them."""
    prompts = [_prompts(run) for run in runs]
    contexts = dict.fromkeys(context for found in prompts for context in found)
    tables = tuple(
        Table(
            title=context,
            headings=("run", "system prompt"),
            rows=tuple(
                (Cell(text=name), Cell(text=found.get(context, DASH)))
                for name, found in zip(names, prompts, strict=True)
            ),
        )
        for context in contexts
        if len({found.get(context) for found in prompts}) > 1
    )
    if not tables:
        return ()
    title = "System prompts that differ"
    return (Section(title=title, blocks=tables, is_detail=True),)


def _recorded(run: JudgedRun) -> dict[str, str]:
    """What is known of a run, by a name for it."""
    header = run.header
    return {
        "target": header.target,
        "judge": run.judge,
        "suite": f"{header.suite}, {_words(run)}",
        **{
            f"prompt of {context}": f"{len(text.split())} words ({_digest(text)})"
            for context, text in _prompts(run).items()
        },
        **{
            key.replace("_", " "): value
            for key, value in header.settings.items()
            if key != "model" or value not in header.target
        },
        "samples": str(header.samples),
        "started": header.started.replace("T", " ")[:16],
        **{f"version of {name}": text for name, text in header.versions.items()},
    }


def _words(run: JudgedRun) -> str:
    """How many trials, and a hash of what they ask and expect; prompts aside."""
    asked = sorted(
        f"{o.trial.id} {o.trial.expected.expectation} {o.trial.turns}"
        for o in run.outcomes
    )
    return f"{len(asked)} trials ({_digest(' '.join(asked))})"


def _digest(text: str) -> str:
    encoded = text.encode("utf-8", errors="surrogatepass")
    return hashlib.sha256(encoded).hexdigest()[:8]


def _prompts(run: JudgedRun) -> dict[str, str]:
    """System prompts by deployment."""
    found = (outcome.trial.context.deployment for outcome in run.outcomes)
    return {each.id: each.system for each in found if each is not None}


def _notes(found: Sequence[Difference]) -> list[str]:
    kinds = list(dict.fromkeys(each.kind for each in found if each.kind))
    if "target" in kinds and "settings" in kinds:
        kinds.remove("settings")  # another target has settings of its own
    notes = []
    if not kinds:
        notes.append(
            "Nothing that is recorded differs but the time: what changed is chance, or "
            "a change behind the same name."
        )
    if "judge" in kinds:
        notes.append(
            "Different judges: what changed may be what they make of the same words."
        )
    if "suite" in kinds:
        notes.append("The suites differ: trials with the same words are compared.")
    if len(kinds) > 1:
        notes.append(f"What changed is of all of these together: {', '.join(kinds)}.")
    return notes
