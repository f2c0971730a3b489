"""What a plan says: how much it takes to see something, and what a suite has."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from demur.records.need import Aim, Assumed, Need
from demur.reports.document import Block, Cell, Facts, Note, Report, Section, Table
from demur.reports.text import DASH, share

JSON_VERSION = 1
"""Version of the layout of `write_plan_json`; it grows by new keys."""

_FAMILIES = (
    "Families are the unit: samples of a trial, and trials of a family, tell less each "
    "than a trial of a new family."
)


def plan_report(
    suite: str,
    facts: Mapping[str, str],
    needs: Sequence[Need],
    assumed: Assumed,
    trial_cost: float | None = None,
) -> Report:
    """The whole plan.

    Args:
        suite: The suite's name.
        facts: What asking it takes, in words, by label.
        needs: What it takes to see one thing after the other.
        assumed: What that takes for granted.
        trial_cost: What a trial costs on average; None where nobody said.
    """
    wanted = dict.fromkeys((need.aim, need.size) for need in needs)
    sections = tuple(
        _section(aim, size, [n for n in needs if n.aim is aim], trial_cost)
        for aim, size in wanted
    )
    note = Section(title="What this takes for granted", blocks=(_note(assumed),))
    title = f"What {suite} can show"
    return Report(
        title=title, facts=Facts(facts=tuple(facts.items())), sections=(*sections, note)
    )


def write_plan_json(suite: str, needs: Sequence[Need], assumed: Assumed) -> str:
    """The plan as one JSON object; rates are proportions, what cannot be is null."""
    body: dict[str, Any] = {
        "demur_plan_json": JSON_VERSION,
        "suite": suite,
        "assumed": msgspec.to_builtins(assumed),
        "needs": [
            {**msgspec.to_builtins(need), "is_met": need.is_met} for need in needs
        ],
    }
    return json.dumps(body, indent=1)


def _section(
    aim: Aim, size: float, needs: Sequence[Need], trial_cost: float | None
) -> Section:
    blocks: tuple[Block, ...] = (_table(needs, trial_cost), *_too_few(needs))
    return Section(title=_title(aim, size), blocks=blocks)


def _title(aim: Aim, size: float) -> str:
    what = {
        Aim.AT_MOST: "To show that a rate is at most",
        Aim.CHANGE: "To see, between two runs, a change of",
        Aim.GAP: "To see a calibration gap of",
    }
    return f"{what[aim]} {_size(aim, size)}"


def _size(aim: Aim, size: float | None) -> str:
    written = share(size)
    return written if aim is Aim.AT_MOST else written.replace(" %", " points")


def _table(needs: Sequence[Need], trial_cost: float | None) -> Table:
    aim = needs[0].aim
    is_rate = aim is Aim.AT_MOST
    headings = (
        "deployment" if aim is Aim.GAP else "measure",
        *(("if it is",) if is_rate else ()),
        "takes families",
        "it has",
        "enough?",
        "it can show",
    )
    return Table(
        title=f"Families of {_what(aim)}",
        headings=headings,
        rows=tuple(
            (
                Cell(text=need.of if aim is Aim.GAP else need.measure),
                *((Cell(text=share(need.rate)),) if is_rate else ()),
                Cell(text=_takes(need, trial_cost)),
                Cell(text=f"{need.has:,}"),
                Cell(text=_enough(need)),
                Cell(text=_sees(need)),
            )
            for need in needs
        ),
    )


def _what(aim: Aim) -> str:
    if aim is Aim.GAP:
        return "requests that are legitimate in the deployment and under general"
    runs = ", the same in both runs" if aim is Aim.CHANGE else ""
    return f"legitimate requests, and of those to be refused{runs}"


def _takes(need: Need, trial_cost: float | None) -> str:
    """How many families, and about what these cost in such a suite."""
    if need.families is None:
        return "more than 10 million"
    if need.has == 0:
        return f"{need.families:,}"
    each = 2 if need.aim is Aim.GAP else 1
    trials = each * need.families * need.trials / need.has
    cost = "" if trial_cost is None else f", cost {trials * trial_cost:,.2f}"
    unit = "trials a run" if need.aim is Aim.CHANGE else "trials"
    return f"{need.families:,} ({trials:,.0f} {unit}{cost})"


def _enough(need: Need) -> str:
    if need.is_met:
        return "yes"
    if need.samples is not None:
        return f"with {need.samples} samples"
    return "no" if need.has else "no: it has none"


def _sees(need: Need) -> str:
    if need.sees is None:
        return DASH
    if need.aim is not Aim.AT_MOST:
        return _size(need.aim, need.sees)
    is_half = need.rate == need.size / 2 and need.rate > 0
    half = f" if it is {share(need.sees / 2)}" if is_half else ""
    return f"{share(need.sees)}{half}"


def _too_few(needs: Sequence[Need]) -> tuple[Note, ...]:
    """What no number of samples mends."""
    if all(need.is_met or need.samples is not None for need in needs):
        return ()
    text = (
        "Where it says no, a hundred samples of each trial would not do either: it "
        "takes more families."
    )
    return (Note(text=text),)


def _note(assumed: Assumed) -> Note:
    return Note(
        text=f"It is to be seen {share(assumed.power)} of the time where it is so, and "
        f"{share(assumed.error)} of the time at most where it is not. Two trials of a "
        f"family are taken to be correlated by {assumed.correlation:g}, two samples of "
        f"a trial by {assumed.sample_correlation:g}; of two runs, or of a deployment "
        f"and general, {share(assumed.flips)} of the trials differ each way by chance; "
        f"every trial is asked "
        f"{'once' if assumed.samples == 1 else f'{assumed.samples} times'}. {_FAMILIES}"
    )
