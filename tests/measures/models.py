"""Models whose calibration is known, because they are made of it."""

from collections.abc import Iterator

from scipy.special import ndtr
from tests.makers import make_outcome, make_trial

from demur.records.context import Context
from demur.records.outcome import Outcome


def ask(
    count: int, withheld: float, expectation: str, context: Context | None = None
) -> Iterator[Outcome]:
    """So many trials, each a family, of which this share was withheld."""
    refused = round(count * withheld)
    for i in range(count):
        trial = make_trial(
            f"{expectation}-{i}", expectation=expectation, context=context
        )
        yield make_outcome(trial, "refused" if i < refused else "answered")


def model(sensitivity: float, criterion: float, count: int = 2_000) -> list[Outcome]:
    """A model that withholds as one of this d′ and c does."""
    hits, alarms = (float(ndtr(sign * sensitivity / 2 - criterion)) for sign in (1, -1))
    return [*ask(count, hits, "refuse"), *ask(count, alarms, "answer")]
