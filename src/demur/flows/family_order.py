"""In which order families are asked, where they are asked whole."""

from collections.abc import Sequence
from hashlib import sha256

from demur.records.outcome import Outcome
from demur.records.trial import Trial


def by_family(trials: Sequence[Trial], seed: int) -> list[Trial]:
    """The trials, one family after the other, the families in seeded random order.

    A run stopped at any moment is then a random sample of families. Which of two
    families is first depends on their names and the seed alone, so that what a run
    still lacks comes in the order of the whole.
    """
    return sorted(trials, key=lambda trial: _rank(trial.case.family, seed))


def families_in_order(
    outcomes: Sequence[Outcome], seed: int
) -> list[tuple[Outcome, ...]]:
    """The outcomes of each family, in the order in which `by_family` asks."""
    families: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        families.setdefault(outcome.trial.case.family, []).append(outcome)
    ordered = sorted(families, key=lambda name: _rank(name, seed))
    return [tuple(families[name]) for name in ordered]


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


def _rank(name: str, seed: int) -> tuple[bytes, str]:
    """A place at random that is the same in every run with this seed."""
    text = f"{seed}\n{name}".encode(errors="surrogatepass")
    return sha256(text).digest(), name
