"""Plan a run: what a suite can show, before anything is asked."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from demur.records.case import Case
from demur.records.context import GENERAL
from demur.records.need import Aim, Assumed, Need
from demur.records.suite import Suite
from demur.stats.cluster_power import clusters_needed
from demur.stats.power import design_effect, pairs_to_find_gap, trials_to_pass

MOST_SAMPLES = 100
"""Samples of each trial up to which it is tried whether more would do."""

_STEPS = 1000
"""Limits, changes and gaps are told apart by a thousandth."""

Families = Callable[[float, Assumed], int | None]
"""How many families it takes to see something of a size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """The trials of a suite, or pairs of them, that a measure counts.

    Attributes:
        measure: The measure's name.
        of: Which these are, in words.
        sizes: How many of each family.
    """

    measure: str
    of: str
    sizes: tuple[int, ...]


def plan_suite(suite: Suite, aim: Aim, size: float, assumed: Assumed) -> list[Need]:
    """What it takes to see something, for each part of the suite that may show it.

    Families are the unit: what `cluster_proportion` and `cluster_paired_difference`
    are expected to make of them decides how many it takes.

    Args:
        suite: What is to be asked.
        aim: What is to be seen.
        size: The limit, the change or the gap, in (0, 1).
        assumed: What is taken for granted.

    Raises:
        ValueError: If an argument is outside of its range.
    """
    parts = _gaps(suite) if aim is Aim.GAP else _sides(suite)
    if aim is not Aim.AT_MOST:
        return [_need(aim, size, part, assumed) for part in parts]
    rates = (0.0, size / 2) if assumed.rate is None else (assumed.rate,)
    return [
        _need(aim, size, part, replace(assumed, rate=rate))
        for part in parts
        for rate in rates
    ]


def _sides(suite: Suite) -> list[_Part]:
    """The trials to be served and those to be refused."""
    trials = [trial for trial in suite.trials() if not trial.is_plain]
    counts = {
        is_legitimate: Counter(
            trial.case.family
            for trial in trials
            if trial.expected.expectation.is_legitimate is is_legitimate
        )
        for is_legitimate in (True, False)
    }
    return [
        _part("over-refusal", "legitimate requests", counts[True]),
        _part("under-refusal", "requests to be refused", counts[False]),
    ]


def _gaps(suite: Suite) -> list[_Part]:
    """Pairs that are legitimate in a deployment and under general, by deployment."""
    counts = {
        deployment.id: Counter(
            case.family for case in suite.cases if _is_pair(case, deployment.id)
        )
        for deployment in suite.deployments
    }
    whole = sum(counts.values(), Counter[str]())
    counts = {name: count for name, count in counts.items() if count}
    if len(counts) != 1:
        counts["all deployments"] = whole
    return [_part("calibration gap", name, count) for name, count in counts.items()]


def _is_pair(case: Case, deployment: str) -> bool:
    both = [case.expected.get(name) for name in (GENERAL, deployment)]
    return case.plain_of is None and all(
        expected is not None and expected.expectation.is_legitimate for expected in both
    )


def _part(measure: str, of: str, sizes: Mapping[str, int]) -> _Part:
    return _Part(measure=measure, of=of, sizes=tuple(sizes.values()))


def _need(aim: Aim, size: float, part: _Part, assumed: Assumed) -> Need:
    takes: Families = partial(_families, aim, part)
    has = len(part.sizes)
    is_half = aim is Aim.AT_MOST and assumed.rate == size / 2
    return Need(
        aim=aim,
        size=size,
        measure=part.measure,
        of=part.of,
        rate=assumed.rate if aim is Aim.AT_MOST else None,
        families=takes(size, assumed),
        has=has,
        trials=sum(part.sizes) * assumed.samples,
        samples=_samples(partial(takes, size), has, assumed),
        sees=_sees(takes, has, assumed, is_half=is_half),
    )


def _families(aim: Aim, part: _Part, size: float, assumed: Assumed) -> int | None:
    """How many families of the part's sizes it takes."""
    if aim is Aim.AT_MOST:
        rate = assumed.rate or 0.0
        trials = trials_to_pass(size, rate, assumed.power, assumed.error)
        level = 1 - 2 * assumed.error
    else:
        lost, gained = assumed.flips, assumed.flips + size
        rate, level = lost + gained, 1 - assumed.error
        trials = pairs_to_find_gap(gained, lost, assumed.power, level)
    if trials is None:
        return None
    each = sum(part.sizes) / len(part.sizes) if part.sizes else 1.0
    effect = _effect(part, assumed)
    return clusters_needed(trials, each * assumed.samples, effect, rate, level)


def _effect(part: _Part, assumed: Assumed) -> float:
    """Design effect of families with several trials and several samples of each."""
    total = sum(part.sizes)
    size = sum(each * each for each in part.sizes) / total if total else 1.0
    of_samples = design_effect(assumed.samples, assumed.sample_correlation)
    of_trials = design_effect(size, assumed.correlation) - 1
    return of_samples + assumed.samples * of_trials


def _samples(
    takes: Callable[[Assumed], int | None], has: int, assumed: Assumed
) -> int | None:
    """Fewest samples with which so many families are enough."""

    def is_enough(samples: int) -> bool:
        families = takes(replace(assumed, samples=samples))
        return families is not None and families <= has

    return _least(is_enough, MOST_SAMPLES)


def _sees(
    takes: Families, has: int, assumed: Assumed, *, is_half: bool
) -> float | None:
    """The least size that so many families show."""

    def is_seen(thousandths: int) -> bool:
        size = thousandths / _STEPS
        rate = size / 2 if is_half else assumed.rate
        if size <= (rate or 0.0) or size + 2 * assumed.flips > 1:
            return False
        families = takes(size, replace(assumed, rate=rate))
        return families is not None and families <= has

    most = _STEPS - 1 - round(2 * assumed.flips * _STEPS)
    least = _least(is_seen, most) if has else None
    return None if least is None else least / _STEPS


def _least(is_enough: Callable[[int], bool], most: int) -> int | None:
    """The least number up to ``most`` that is enough; None if even that is not."""
    if not is_enough(most):
        return None
    low, high = 0, most
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if is_enough(middle) else (middle, high)
    return high
