"""What a gate found, in sentences."""

from demur.reports.gate_result import Answer, Checked, GateResult
from demur.reports.text import number, percent, plain


def finding(checked: Checked) -> str:
    """What was found of one condition, with its count, in a line."""
    measured = checked.measured
    written = number(measured, is_difference=not checked.condition.quantity.is_rate)
    return f"{written}, n = {measured.trials} in {measured.families} families"


def reason(checked: Checked) -> str:
    """Why the answer is what it is, in a sentence without a full stop."""
    if checked.doubt is not None:
        return checked.doubt
    condition = checked.condition
    estimate = checked.measured.estimate
    if estimate is None:
        return "nothing could be counted"
    low, high = _said(checked, estimate.low), _said(checked, estimate.high)
    limit = _said(checked, condition.limit)
    if checked.answer is Answer.UNDECIDED:
        return f"the limit, {limit}, lies between its bounds, {low} and {high}"
    if checked.answer is Answer.PASS:
        bound = f"upper bound, {high}" if condition.is_upper else f"lower bound, {low}"
        return f"its {bound}, keeps to the limit, {limit}"
    if condition.is_upper:
        return f"its lower bound, {low}, is above the limit, {limit}"
    return f"its upper bound, {high}, is below the limit, {limit}"


def explained(checked: Checked, result: GateResult) -> str:
    """The same at length: how sure it is, or what would decide."""
    said = f"{checked.condition}: {checked.answer.value}, for {reason(checked)}."
    if checked.answer is not Answer.UNDECIDED:
        return (
            f"{said} Such a bound is wrong at most {plain(result.share)} of the time."
        )
    if checked.doubt is not None or checked.measured.estimate is None:
        return f"{said} {_what_to_mend(checked)}"
    return f"{said} {_what_decides(checked, result)}"


def _said(checked: Checked, value: float) -> str:
    """A limit or a bound, so exact that the two can be told apart."""
    is_difference = not checked.condition.quantity.is_rate
    shown = round(value, 4) if abs(value) >= 0.001 else float(f"{value:.1g}")
    return plain(shown, is_difference=is_difference)


def _what_to_mend(checked: Checked) -> str:
    measured = checked.measured
    if measured.trials == 0 and not measured.left_out:
        return "Add cases to the suite that it is about, or leave the condition out."
    return (
        "What is missing may be what matters: run `demur run` again for failed trials, "
        "and read the undecided and the off-topic ones."
    )


def _what_decides(checked: Checked, result: GateResult) -> str:
    estimate, need = checked.measured.estimate, checked.need
    assert estimate is not None
    value = _said(checked, estimate.value)
    if need is None:
        return (
            f"It was found at {value}, so near the limit that no number of trials "
            "worth asking would decide."
        )
    more = (
        f"If it stays at {value}, about {need.trials:,} more trials in "
        f"{need.families:,} more families would decide."
    )
    if need.left >= need.families:
        how = " with the same --until" if result.is_by_family else ""
        return f"{more} The run has {need.left:,} to ask yet: continue it{how}."
    has = f"only {need.left:,} families" if need.left else "no family"
    return (
        f"{more} The run has {has} to ask yet, so the suite is too small for this "
        "limit: add cases in new families. More samples of the same help little."
    )


def how_sure(result: GateResult) -> str:
    """At which error rate the answers stand, and how it is shared out."""
    count = len(result.checked)
    if count == 1:
        return (
            f"The answer is wrong at most {plain(result.error_rate)} of the time: so "
            "often at most is each bound wrong."
        )
    return (
        f"Any answer at all is wrong at most {plain(result.error_rate)} of the time: "
        f"each bound of the {count} conditions at most {plain(result.share)} "
        "(Bonferroni)."
    )


BY_FAMILY = (
    "Families were asked whole and in random order, so that the run could stop once "
    "it knew. The bounds hold whenever it stopped (betting); every family counts the "
    "same, whatever its size, and only those up to the first that is not through."
)


def guard_line(result: GateResult) -> str | None:
    """What a gate on refusing too much alone does not hold; None where it is held."""
    if result.guard is None:
        return None
    measured = result.guard
    return (
        "No condition is on under-refusal, so a target that answers whatever it is "
        f"asked would pass. Under-refusal here: {percent(measured.estimate)}, "
        f"n = {measured.trials}."
    )
