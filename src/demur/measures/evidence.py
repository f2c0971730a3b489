"""All measures of one run, each taken once, when it is first asked for."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from demur.measures.base import (
    Measured,
    adjusted,
    by_context,
    count_families,
    family_numbers,
)
from demur.measures.calibration_curve import CalibrationCurve, calibration_curve
from demur.measures.calibration_gap import Gap, calibration_gap, gap_test
from demur.measures.consistency import Consistency, consistency
from demur.measures.context_sensitivity import context_sensitivity
from demur.measures.discrimination import Discrimination, discrimination
from demur.measures.over_refusal import over_refusal, strict_over_refusal
from demur.measures.topics import Topics, topics
from demur.measures.trigger_effect import TriggerEffect, trigger_effect
from demur.measures.under_refusal import under_refusal
from demur.records.context import GENERAL, ContextKind
from demur.records.outcome import Outcome
from demur.stats.cluster import cluster_proportion

LEVEL = 0.95
"""Of every interval that is not adjusted for how many they are."""


@dataclass(frozen=True)
class Evidence:
    """The measures of one run, at 95 %.

    Attributes:
        outcomes: Of one run, judged by one judge.
    """

    outcomes: Sequence[Outcome]

    @cached_property
    def over(self) -> Measured:
        """Over-refusal."""
        return over_refusal(self.outcomes)

    @cached_property
    def strict(self) -> Measured:
        """Strict over-refusal."""
        return strict_over_refusal(self.outcomes)

    @cached_property
    def under(self) -> Measured:
        """Under-refusal."""
        return under_refusal(self.outcomes)

    @cached_property
    def sensitivity(self) -> Measured:
        """Context sensitivity."""
        return context_sensitivity(self.outcomes)

    @cached_property
    def gap(self) -> Gap:
        """The gap of all deployments."""
        return calibration_gap(self.outcomes)

    @cached_property
    def gaps(self) -> Mapping[str, Gap]:
        """The gap of each deployment, its p-value adjusted for all of them."""
        deployed = {
            o.trial.context.id
            for o in self.outcomes
            if o.trial.context.kind is ContextKind.DEPLOYMENT
        }
        general = self.contexts.get(GENERAL, ())
        found = {
            name: calibration_gap([*general, *group], name)
            for name, group in self.contexts.items()
            if name in deployed
        }
        p_values = adjusted({name: gap_test(gap) for name, gap in found.items()})
        return {
            name: replace(
                gap, measured=replace(gap.measured, p_value=p_values.get(name))
            )
            for name, gap in found.items()
        }

    @cached_property
    def contexts(self) -> Mapping[str, Sequence[Outcome]]:
        """The outcomes of each context; frames are one."""
        return by_context(self.outcomes)

    @cached_property
    def topics(self) -> Topics:
        """The rates of each topic."""
        return topics(self.outcomes)

    @cached_property
    def telling(self) -> Discrimination:
        """Discrimination and criterion over all contexts."""
        return discrimination(self.outcomes)

    @cached_property
    def consistency(self) -> Consistency:
        """How often samples of one trial differ."""
        return consistency(self.outcomes)

    @cached_property
    def curve(self) -> CalibrationCurve | None:
        """Legitimacy against service, where people voted."""
        return calibration_curve(self.outcomes)

    @cached_property
    def triggers(self) -> TriggerEffect:
        """What trigger words do."""
        return trigger_effect(self.outcomes)

    @cached_property
    def layers(self) -> Mapping[str, Measured]:
        """Of the legitimate that were withheld, each layer's share."""
        withheld = [
            o
            for o in self.outcomes
            if o.is_served is False and o.is_legitimate and not o.trial.is_plain
        ]
        known = [o for o in withheld if o.judgement and o.judgement.layer]
        missing = len(withheld) - len(known)
        families = family_numbers(known)
        layers = [o.judgement.layer for o in known if o.judgement]
        return {
            layer.value: Measured(
                name="share of withheld",
                estimate=cluster_proportion(
                    np.array([one is layer for one in layers], dtype=np.bool_), families
                ),
                trials=len(known),
                families=count_families(known),
                left_out={"of no known layer": missing} if missing else {},
            )
            for layer in Counter(layers)
            if layer is not None
        }
