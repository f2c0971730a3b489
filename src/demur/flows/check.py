"""Check a suite before anything is asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from demur.flows.cost import Bill, bill
from demur.flows.suite_names import SUITES, find_suite
from demur.measures.label_agreement import LabelAgreement, label_agreement
from demur.records.suite import Suite
from demur.suites.composition import Composition, composition
from demur.suites.doubts import doubts
from demur.suites.labels import Round, read_rounds
from demur.suites.mapping import Mapped

_LONGEST_ANSWER = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What is known of a suite without asking anything.

    Attributes:
        suite: The suite.
        made_of: Its numbers.
        bill: What asking it takes.
        agreements: By round of labelling, how far two people agree.
        doubts: What is legal but doubtful, in sentences.
    """

    suite: Suite
    made_of: Composition
    bill: Bill
    agreements: dict[str, LabelAgreement]
    doubts: tuple[str, ...]


def check(name: str, own: Mapped | None = None, samples: int = 1) -> Checked:
    """Read a suite and say what it is made of.

    Args:
        name: As `find_suite` takes it.
        own: What the columns of the user's own table are.
        samples: How often each trial is to be asked, for the bill.

    Raises:
        InputError: If it cannot be read; a `SuiteError` says every fault.
    """
    suite = find_suite(name, own)
    rounds = read_rounds(SUITES.get(name, Path(name)))
    return Checked(
        suite=suite,
        made_of=composition(suite),
        bill=bill(suite.trials(samples), _LONGEST_ANSWER),
        agreements={each.name: label_agreement(each.labels) for each in rounds},
        doubts=doubts(suite) + _stale(rounds, suite) + _unlabelled(rounds, suite),
    )


def _stale(rounds: Sequence[Round], suite: Suite) -> tuple[str, ...]:
    """Whether the last labels are of what the suite says now."""
    stale = rounds[-1].stale(suite) if rounds else 0
    if not stale:
        return ()
    return (
        f"{stale} of the labels of {rounds[-1].name} are of other words or another "
        "expectation than the suite's now",
    )


def _unlabelled(rounds: Sequence[Round], suite: Suite) -> tuple[str, ...]:
    """Whether a second person has labelled everything, if anything."""
    if not rounds:
        return ()
    count = len(rounds[-1].unlabelled(suite))
    if not count:
        return ()
    return (f"{count} trials have no second label in {rounds[-1].name}",)
