"""In which order families are asked, where they are asked whole."""

from collections.abc import Sequence

import numpy as np

from demur.records.outcome import Outcome
from demur.records.trial import Trial


def by_family(trials: Sequence[Trial], seed: int) -> list[Trial]:
    """The trials, one family after the other, the families in seeded random order.

    A run stopped at any moment is then a random sample of families. The order depends
    on the names of the families and the seed alone.
    """
    rank = _ranks({trial.case.family for trial in trials}, seed)
    return sorted(trials, key=lambda trial: rank[trial.case.family])


def families_in_order(
    outcomes: Sequence[Outcome], seed: int
) -> list[tuple[Outcome, ...]]:
    """The outcomes of each family, in the order in which `by_family` asks."""
    families: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        families.setdefault(outcome.trial.case.family, []).append(outcome)
    rank = _ranks(set(families), seed)
    return [tuple(families[name]) for name in sorted(families, key=rank.__getitem__)]


def whole_families(outcomes: Sequence[Outcome], seed: int) -> list[tuple[Outcome, ...]]:
    """The families asked and judged to their end, up to the first that is not.

    Those beyond it that are through already say nothing yet: which of them are first
    depends on how long their answers take, and so on what these are.
    """
    found = []
    for family in families_in_order(outcomes, seed):
        if any(o.missing in {"not asked", "not judged"} for o in family):
            break
        found.append(family)
    return found


def _ranks(names: set[str], seed: int) -> dict[str, int]:
    ordered = sorted(names)
    places = np.random.default_rng(seed).permutation(len(ordered))
    return {name: int(place) for name, place in zip(ordered, places, strict=True)}
