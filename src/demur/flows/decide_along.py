"""Judge each answer as it comes, and say when the conditions of a run are decided."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from demur.flows.ask import Answer as Asked
from demur.flows.condition_measure import measure
from demur.flows.family_order import families_in_order
from demur.flows.gate_bounds import decided
from demur.flows.judge import judge_with_members
from demur.flows.keep import Keeper
from demur.flows.plan import Until
from demur.judges.base import Judge
from demur.records.condition import Condition
from demur.records.outcome import Outcome
from demur.records.transcript import FailedTrial
from demur.records.trial import Trial
from demur.records.verdict import Judgement
from demur.reports.gate_result import Answer


class DecidingAlong:
    """Looks at each family once it is through, in the order of asking.

    A family that is through before another that was begun earlier waits for it: those
    that answer quickly are not like the rest.

    Args:
        until: What is to be decided.
        judge: Whose verdicts count.
        outcomes: All trials of the run, with what is known of them so far.
        seed: Of the order of families.

    Attributes:
        why: Why to ask no more, in words; None while something is undecided.
    """

    def __init__(
        self, until: Until, judge: Judge, outcomes: Sequence[Outcome], seed: int
    ) -> None:
        self._until, self._judge = until, judge
        self._outcomes = {outcome.trial.id: outcome for outcome in outcomes}
        self._families = [
            tuple(outcome.trial.id for outcome in family)
            for family in families_in_order(outcomes, seed)
        ]
        self._through = 0
        self._values: dict[Condition, list[float]] = {
            condition: [] for condition in until.conditions
        }
        self.why: str | None = None
        self._look()

    async def follow(self, record: Asked, trial: Trial, keeper: Keeper) -> str | None:
        """Judge what came back, keep the judgement, and say why to end, if to end."""
        outcome = self._outcomes[trial.id]
        if isinstance(record, FailedTrial):
            self._outcomes[trial.id] = replace(outcome, failure=record)
        else:
            *members, said = await judge_with_members(self._judge, trial, record)
            outcome = replace(outcome, transcript=record, failure=None)
            if isinstance(said, Judgement):
                outcome = replace(outcome, judgement=said)
            else:
                outcome = replace(outcome, failed_judgement=said)
            self._outcomes[trial.id] = outcome
            for judged in (*members, said):
                await keeper.add(judged)
        if self.why is None:
            self._look()
        return self.why

    def _look(self) -> None:
        """Take in the families that are through now."""
        before = self._through
        while self._through < len(self._families) and self._is_through():
            self._take(self._families[self._through])
            self._through += 1
        if self._through > before and self._is_decided():
            self.why = f"all is decided, after {self._through} families"

    def _is_through(self) -> bool:
        trials = self._families[self._through]
        waits = {"not asked", "not judged"}
        return all(self._outcomes[trial].missing not in waits for trial in trials)

    def _take(self, family: tuple[str, ...]) -> None:
        outcomes = [self._outcomes[trial] for trial in family]
        for condition, values in self._values.items():
            estimate = measure(condition, outcomes).estimate
            if estimate is not None:
                values.append(estimate.value)

    def _is_decided(self) -> bool:
        return all(
            decided(condition, np.array(values), self._until.share)
            is not Answer.UNDECIDED
            for condition, values in self._values.items()
        )
