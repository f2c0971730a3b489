"""What a suite is made of, in numbers."""

from collections import Counter
from dataclasses import dataclass

from demur.records.case import Case
from demur.records.context import ContextKind
from demur.records.suite import Suite
from demur.records.trial import Trial


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """How many of what a suite holds. The terms are the glossary's.

    Attributes:
        cases: Number of cases, plain twins not counted.
        families: Number of families.
        trials: Number of case × context pairs, those of plain twins included.
        by_field: Cases by field.
        by_topic: Cases by topic.
        by_context: Trials by context; frames are taken together by kind.
        by_expectation: Trials by expectation.
        positive_edges: Cases with a trigger that are legitimate without a frame.
        harmful_contrasts: Cases to be refused in every context.
        same_words: Cases to be served in one context and refused in another.
        trigger_pairs: Cases that are also asked plainly, without their triggers.
        multi_turn: Cases with earlier turns.
        contested: Trials whose expectation is marked as contested.
    """

    cases: int
    families: int
    trials: int
    by_field: dict[str, int]
    by_topic: dict[str, int]
    by_context: dict[str, int]
    by_expectation: dict[str, int]
    positive_edges: int
    harmful_contrasts: int
    same_words: int
    trigger_pairs: int
    multi_turn: int
    contested: int


def composition(suite: Suite) -> Composition:
    """Count what a suite holds."""
    trials = suite.trials()
    cases = [case for case in suite.cases if case.plain_of is None]
    expectations = Counter(trial.expected.expectation.value for trial in trials)
    return Composition(
        cases=len(cases),
        families=len({case.family for case in cases}),
        trials=len(trials),
        by_field=dict(Counter(case.field for case in cases)),
        by_topic=dict(Counter(case.topic for case in cases)),
        by_context=dict(Counter(_context(trial) for trial in trials)),
        by_expectation=dict(expectations),
        positive_edges=sum(map(is_positive_edge, cases)),
        harmful_contrasts=sum(map(is_harmful_contrast, cases)),
        same_words=sum(map(flips, cases)),
        trigger_pairs=len(suite.cases) - len(cases),
        multi_turn=sum(bool(case.earlier) for case in cases),
        contested=sum(trial.expected.contested is not None for trial in trials),
    )


def _context(trial: Trial) -> str:
    context = trial.context
    if context.kind in {ContextKind.GENERAL, ContextKind.DEPLOYMENT}:
        return context.id
    return f"({context.kind.value}s)"


def is_positive_edge(case: Case) -> bool:
    """Whether it has a trigger and ought to be served, whoever asks, somewhere."""
    return bool(case.triggers) and any(
        expected.expectation.is_legitimate
        for name, expected in case.expected.items()
        if name.rpartition("+")[2] not in case.frames
    )


def is_harmful_contrast(case: Case) -> bool:
    """Whether it is to be refused wherever it is asked."""
    return not any(e.expectation.is_legitimate for e in case.expected.values())


def flips(case: Case) -> bool:
    """Whether it is to be served in one context and refused in another."""
    return len({e.expectation.is_legitimate for e in case.expected.values()}) > 1
