"""What a gate found: what reports about it are made from."""

from dataclasses import dataclass
from enum import StrEnum

from demur.measures.base import Measured
from demur.records.condition import Condition
from demur.reports.judged_run import JudgedRun


class Answer(StrEnum):
    """What a gate says, of one condition or of all."""

    PASS = "pass"  # noqa: S105 # no password
    FAIL = "fail"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """About how many more it would take to decide, should what was seen go on.

    Attributes:
        families: More families.
        trials: More trials, at as many to a family as were counted.
        left: Families of the condition that the run has not asked yet.
    """

    families: int
    trials: int
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One condition and what became of it.

    Attributes:
        condition: What was to hold.
        answer: Whether it does.
        measured: What was found; its two bounds are what decides.
        doubt: Why it is undecided, where that is not for its bounds; else None.
        need: What would decide; None where it is decided or no number would.
    """

    condition: Condition
    answer: Answer
    measured: Measured
    doubt: str | None = None
    need: Need | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GateResult:
    """A gate's conditions and what became of them.

    Attributes:
        run: What was tested.
        before: The run that changes are counted from; None where there is none.
        checked: Each condition, in the order given; at least one.
        error_rate: Chance that any answer is wrong, all conditions together.
        is_by_family: Whether the run was asked by whole families, so that its bounds
            hold whenever it was stopped.
        guard: Under-refusal, where conditions are on refusing too much alone.
    """

    run: JudgedRun
    before: JudgedRun | None
    checked: tuple[Checked, ...]
    error_rate: float
    is_by_family: bool = False
    guard: Measured | None = None

    @property
    def share(self) -> float:
        """Chance that one bound of one condition is wrong: Bonferroni's share."""
        return self.error_rate / len(self.checked)

    @property
    def answer(self) -> Answer:
        """Fail if any condition fails; pass if all pass."""
        answers = {checked.answer for checked in self.checked}
        if Answer.FAIL in answers:
            return Answer.FAIL
        return Answer.UNDECIDED if Answer.UNDECIDED in answers else Answer.PASS
