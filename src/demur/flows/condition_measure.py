"""From a condition to the measure that it is on, over the part of a run it names."""

from collections.abc import Sequence
from dataclasses import replace

from demur.errors import UnknownNameError
from demur.measures.base import Measured
from demur.measures.calibration_gap import calibration_gap
from demur.measures.context_sensitivity import context_sensitivity
from demur.measures.over_refusal import over_refusal, strict_over_refusal
from demur.measures.run_change import run_change
from demur.measures.trigger_effect import trigger_effect
from demur.measures.under_refusal import under_refusal
from demur.records.condition import Condition, Quantity
from demur.records.context import ContextKind
from demur.records.outcome import Outcome
from demur.stats.estimate import Estimate

_SIMPLE = {
    Quantity.OVER_REFUSAL: over_refusal,
    Quantity.STRICT_OVER_REFUSAL: strict_over_refusal,
    Quantity.UNDER_REFUSAL: under_refusal,
    Quantity.CONTEXT_SENSITIVITY: context_sensitivity,
}


def measure(
    condition: Condition,
    outcomes: Sequence[Outcome],
    before: Sequence[Outcome] = (),
    level: float = 0.95,
) -> Measured:
    """What the condition is on, as the measures define it.

    Args:
        condition: Its limit is not looked at.
        outcomes: Of one run, or a part of it.
        before: Of the run that a change is counted from.
        level: Confidence level of the interval.
    """
    part = _part(condition, outcomes)
    simple = _SIMPLE.get(condition.quantity)
    if simple is not None:
        return simple(part, level)
    if condition.quantity is Quantity.TRIGGER_EFFECT:
        return trigger_effect(part, level).measured
    if condition.quantity is Quantity.GAP:
        return calibration_gap(part, condition.context, level).measured
    return _change(condition, _part(condition, before), part, level)


def _change(
    condition: Condition,
    before: Sequence[Outcome],
    after: Sequence[Outcome],
    level: float,
) -> Measured:
    """The change of a rate between two runs; plain twins count in neither."""
    is_over = condition.quantity is Quantity.CHANGE_OVER_REFUSAL
    first, second = (
        [o for o in part if not o.trial.is_plain] for part in (before, after)
    )
    found = run_change(first, second, is_legitimate=is_over, level=level).measured
    estimate = found.estimate
    if not is_over and estimate is not None:
        estimate = _negated(estimate)
    name = condition.quantity.value.removeprefix("change ")
    return replace(found, name=f"change in {name}", estimate=estimate)


def _negated(estimate: Estimate) -> Estimate:
    """More answered is fewer not served."""
    return replace(
        estimate, value=-estimate.value, low=-estimate.high, high=-estimate.low
    )


def _part(condition: Condition, outcomes: Sequence[Outcome]) -> Sequence[Outcome]:
    """The outcomes of the topic, field and context that the condition names."""
    topic, field = condition.topic, condition.field
    # A gap needs the trials in general beside those in the deployment.
    is_gap = condition.quantity is Quantity.GAP
    context = None if is_gap else condition.context
    return [
        o
        for o in outcomes
        if topic in {None, o.trial.case.topic}
        and field in {None, o.trial.case.field}
        and context in {None, o.trial.context.id}
    ]


def check_names(condition: Condition, outcomes: Sequence[Outcome], where: str) -> None:
    """Refuse a condition on a part that the run does not have.

    Raises:
        UnknownNameError: If no trial is of its topic, field or context.
    """
    is_gap = condition.quantity is Quantity.GAP
    contexts = {
        o.trial.context.id
        for o in outcomes
        if not is_gap or o.trial.context.kind is ContextKind.DEPLOYMENT
    }
    parts = (
        ("topic", condition.topic, {o.trial.case.topic for o in outcomes}),
        ("field", condition.field, {o.trial.case.field for o in outcomes}),
        ("deployment" if is_gap else "context", condition.context, contexts),
    )
    for kind, name, known in parts:
        if name is not None and name not in known:
            raise UnknownNameError.of(where, kind, name, sorted(known))
