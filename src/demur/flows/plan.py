"""All that decides a run, and what bounds one command's work on it."""

import hashlib
from dataclasses import dataclass, field

import msgspec

from demur.records.condition import Condition
from demur.records.prices import Prices
from demur.records.run import BY_FAMILY, ORDER
from demur.records.suite import Suite
from demur.suites.digest import suite_digest
from demur.targets.base import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one command may do; None: no limit.

    Attributes:
        trials: Most trials to ask.
        cost: Most that the answers may cost, in the prices' currency.
        prices: What tokens cost; None where nobody said.
        longest_answer: Tokens of the longest answer, for what a trial may cost.
    """

    trials: int | None = None
    cost: float | None = None
    prices: Prices | None = None
    longest_answer: int = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class Until:
    """When a run knows enough to stop.

    Attributes:
        conditions: Each of them is to be decided; at least one.
        error_rate: Chance that any of them is decided wrongly.
    """

    conditions: tuple[Condition, ...]
    error_rate: float = 0.05

    @property
    def share(self) -> float:
        """Chance that one condition is decided wrongly either way: Bonferroni's."""
        return self.error_rate / len(self.conditions)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPlan:
    """All that decides a run.

    Attributes:
        suite: What to ask.
        target_name: Whom to ask, as the user named it.
        target: Whom to ask.
        samples: How often to ask each trial.
        seed: Of the order of asking.
        concurrency: Trials under way at once; the target's own number if None.
        until: When to stop for what was found; families are then asked whole. None:
            when all is asked. A run asked so may be continued until something else.
        is_fresh: Whether to start a new run where there is one of the same plan.
        limits: Of this command; they decide nothing about the run.
        versions: Of what is at work, for the record.
        notes: What else the record should say; decides nothing.
    """

    suite: Suite
    target_name: str
    target: Target
    samples: int = 1
    seed: int = 0
    concurrency: int | None = None
    until: Until | None = None
    is_fresh: bool = False
    limits: Limits = field(default_factory=Limits)
    versions: dict[str, str]
    notes: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Hash of what decides the answers: 64 hexadecimal digits."""
        decides: dict[str, object] = {
            "suite": suite_digest(self.suite),
            "target": self.target_name,
            "settings": self.target.settings,
            "samples": self.samples,
            "seed": self.seed,
        }
        if self.until is not None:
            decides[ORDER] = BY_FAMILY
        return hashlib.sha256(msgspec.json.encode(decides, order="sorted")).hexdigest()
