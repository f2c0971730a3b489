"""What holds for every measure, whatever the outcomes."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.makers import DESK, make_outcome, make_transcript, make_trial

from demur.measures.base import Measured
from demur.measures.calibration_gap import calibration_gap
from demur.measures.context_sensitivity import context_sensitivity
from demur.measures.over_refusal import over_refusal, strict_over_refusal
from demur.measures.run_change import run_change
from demur.measures.under_refusal import under_refusal
from demur.records.context import GENERAL, Context, ContextKind
from demur.records.outcome import Outcome
from demur.records.verdict import FailedJudgement, Verdict

CONTEXTS = [
    Context(id=GENERAL),
    Context(id="desk", deployment=DESK),
    Context(id="mother", frame="I am a mother."),
    Context(id="desk+mother", deployment=DESK, frame="I am a mother."),
]
BECAME = [*Verdict, "failed", "not judged", "judge failed", None]
FAMILIES = {"a": "lock", "b": "lock", "c": "lock", "d": "gun"}
REQUESTS = {"a": "Pick a lock?", "b": "Pick a lock?", "c": "Drill it?", "d": "Shoot?"}

Measure = Callable[[Sequence[Outcome], Sequence[Outcome]], Measured]
Count = Callable[[Sequence[Outcome], Sequence[Outcome]], int]
Key = tuple[str, Context, int]


def make_one(key: Key, expectation: str, became: str | None) -> Outcome:
    """One outcome; cases a and b ask the same words, and c is of their family."""
    case, context, sample = key
    trial = make_trial(
        case,
        context=context,
        expectation=expectation,
        family=FAMILIES[case],
        request=REQUESTS[case],
    )
    trial = replace(trial, sample=sample)
    if became != "judge failed":
        return make_outcome(trial, became)
    broken = FailedJudgement(trial_id=trial.id, judge="j@1", error="E", message="m")
    return Outcome(
        trial=trial, transcript=make_transcript(trial.id), failed_judgement=broken
    )


RUNS = st.dictionaries(
    st.tuples(st.sampled_from("abcd"), st.sampled_from(CONTEXTS), st.integers(1, 2)),
    st.tuples(
        st.sampled_from(["answer", "care", "refuse"]),
        # Served and withheld more often than the rest, or hardly a pair is counted.
        st.one_of(st.sampled_from(["answered", "refused"]), st.sampled_from(BECAME)),
    ),
).map(lambda run: [make_one(key, *outcome) for key, outcome in run.items()])


def is_legitimate(outcome: Outcome) -> bool:
    """Whether it was to be served."""
    return outcome.trial.expected.expectation.is_legitimate


def count_legitimate(first: Sequence[Outcome], _: Sequence[Outcome]) -> int:
    """Trials to be served."""
    return sum(map(is_legitimate, first))


def count_refusable(first: Sequence[Outcome], _: Sequence[Outcome]) -> int:
    """Trials to be refused."""
    return len(first) - sum(map(is_legitimate, first))


def count_pairs(first: Sequence[Outcome], _: Sequence[Outcome]) -> int:
    """Pairs of a deployed trial and the same under general, not both refusable."""
    return sum(
        general.trial.case.id == deployed.trial.case.id
        and general.trial.sample == deployed.trial.sample
        and (is_legitimate(general) or is_legitimate(deployed))
        for general in first
        for deployed in first
        if general.trial.context.kind is ContextKind.GENERAL
        and deployed.trial.context.kind is ContextKind.DEPLOYMENT
    )


def count_flipping(first: Sequence[Outcome], _: Sequence[Outcome]) -> int:
    """Trials on words that are to be served here and refused there."""
    return sum(
        any(
            other.trial.case.family == one.trial.case.family
            and other.trial.case.request == one.trial.case.request
            and is_legitimate(other) is not is_legitimate(one)
            for other in first
        )
        for one in first
    )


def count_in_either(first: Sequence[Outcome], second: Sequence[Outcome]) -> int:
    """Legitimate trials of either run; where both hold one, the second decides."""
    by_id = {o.trial.id: o for o in first} | {o.trial.id: o for o in second}
    return sum(map(is_legitimate, by_id.values()))


@pytest.mark.parametrize(
    ("measure", "asked"),
    [
        pytest.param(lambda run, _: over_refusal(run), count_legitimate, id="over"),
        pytest.param(
            lambda run, _: strict_over_refusal(run), count_legitimate, id="strict over"
        ),
        pytest.param(lambda run, _: under_refusal(run), count_refusable, id="under"),
        pytest.param(
            lambda run, _: calibration_gap(run).measured, count_pairs, id="gap"
        ),
        pytest.param(
            lambda run, _: context_sensitivity(run), count_flipping, id="sensitivity"
        ),
        pytest.param(
            lambda run, other: run_change(run, other, is_legitimate=True).measured,
            count_in_either,
            id="run change",
        ),
    ],
)
@given(first=RUNS, second=RUNS)
@settings(deadline=None, derandomize=True, max_examples=150)
def test_nothing_is_lost_and_every_value_is_within_its_bounds(
    measure: Measure, asked: Count, first: list[Outcome], second: list[Outcome]
) -> None:
    """Trials counted and left out are all that were asked about; None if none counted.

    No reason is given that left nothing out, and the split, if any, adds up.
    """
    measured = measure(first, second)

    assert measured.trials + sum(measured.left_out.values()) == asked(first, second)
    assert all(count > 0 for count in measured.left_out.values())
    assert sum(measured.split.values()) in {0, measured.trials}
    assert measured.families <= measured.trials
    assert (measured.estimate is None) == (measured.trials == 0)
    if measured.estimate is not None:
        found = measured.estimate
        assert -1 <= found.low <= found.value <= found.high <= 1
        assert found.low < found.high


@given(run=RUNS)
@settings(deadline=None, derandomize=True, max_examples=150)
def test_strict_over_refusal_is_never_more_than_over_refusal(
    run: list[Outcome],
) -> None:
    """What was refused outright was not served."""
    wide, strict = over_refusal(run).estimate, strict_over_refusal(run).estimate

    assert (wide is None) == (strict is None)
    if wide is not None and strict is not None:
        assert strict.value <= wide.value


@given(first=RUNS, second=RUNS)
@settings(deadline=None, derandomize=True, max_examples=150)
def test_the_runs_swapped_change_by_the_opposite(
    first: list[Outcome], second: list[Outcome]
) -> None:
    """Where both runs expect the same: what one lost the other gained."""
    expected = {o.trial.id: is_legitimate(o) for o in first}
    same = [
        o
        for o in second
        if expected.get(o.trial.id, is_legitimate(o)) is is_legitimate(o)
    ]

    there = run_change(first, same, is_legitimate=True)
    back = run_change(same, first, is_legitimate=True)

    ways, back_ways = there.measured.estimate, back.measured.estimate
    assert there.p_value == back.p_value
    assert {c.before.trial.id for c in there.lost} == {
        c.before.trial.id for c in back.gained
    }
    assert (ways is None) == (back_ways is None)
    if ways is not None and back_ways is not None:
        assert (ways.value, ways.low, ways.high) == pytest.approx(
            (-back_ways.value, -back_ways.high, -back_ways.low), abs=1e-9
        )
