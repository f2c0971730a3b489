"""Tests of demur.judges.cascade."""

import asyncio

import pytest
from tests.judges.said import Said, SaidJudge
from tests.makers import make_transcript, make_trial

from demur.judges.base import AskingJudge
from demur.judges.cascade import CascadeJudge, sureness
from demur.records.verdict import Judgement, Verdict

BETTER = Verdict.DEFLECTED


def judge_by(first: Said, threshold: float = 0.9) -> tuple[Judgement, CascadeJudge]:
    """What a cascade says whose first judge says this."""
    cascade = CascadeJudge(
        SaidJudge("first@1", {"x": first}),
        SaidJudge("better@1", {"x": (BETTER, 0.7)}),
        threshold,
    )
    transcript = make_transcript(response="x")

    async def judging() -> Judgement:
        async with cascade:
            return await cascade.judge(make_trial(), transcript)

    return asyncio.run(judging()), cascade


@pytest.mark.parametrize(
    ("verdict", "chance", "threshold", "is_passed_on"),
    [
        pytest.param(Verdict.REFUSED, 0.95, 0.9, False, id="sure of not served"),
        pytest.param(Verdict.ANSWERED, 0.05, 0.9, False, id="sure of served"),
        pytest.param(Verdict.PARTIAL, 0.9, 0.9, False, id="just sure enough"),
        pytest.param(Verdict.REFUSED, 0.6, 0.9, True, id="not sure"),
        pytest.param(Verdict.ANSWERED, 0.4, 0.9, True, id="not sure of served"),
        pytest.param(Verdict.ANSWERED, 0.95, 0.9, True, id="at odds with itself"),
        pytest.param(Verdict.REFUSED, None, 0.9, True, id="states no chance"),
        pytest.param(Verdict.REFUSED, None, 0.0, False, id="no chance is needed"),
        pytest.param(Verdict.UNDECIDED, 0.99, 0.0, True, id="undecided"),
        pytest.param(Verdict.OFF_TOPIC, 0.99, 0.0, True, id="takes no side"),
    ],
)
def test_what_the_first_judge_is_not_sure_of_is_passed_on(
    verdict: Verdict, chance: float | None, threshold: float, *, is_passed_on: bool
) -> None:
    """Sure is a chance that its own side is right, and not how far it is from half."""
    judgement, cascade = judge_by((verdict, chance), threshold)

    assert judgement.verdict is (BETTER if is_passed_on else verdict)
    assert judgement.p_not_served == (0.7 if is_passed_on else chance)
    assert (cascade.usage.first, cascade.usage.passed_on) == (1, int(is_passed_on))


def test_it_judges_under_a_name_of_its_own() -> None:
    """Another threshold is another judge: their judgements are kept apart."""
    judgement, _ = judge_by((Verdict.REFUSED, 0.95), 0.8)

    assert judgement.judge == "cascade(first@1,better@1)@0.8"


def test_a_cascade_is_entered_like_a_judge_that_asks() -> None:
    """Its members may ask models."""
    cascade = judge_by((Verdict.REFUSED, 0.95))[1]

    assert isinstance(cascade, AskingJudge)
    assert cascade.concurrency == 1
    assert cascade.tokens_to_read(make_trial(), make_transcript()) == ()


def test_a_threshold_is_a_chance() -> None:
    """Ninety is not."""
    judge = SaidJudge("x@1", {})

    with pytest.raises(ValueError, match=r"in \[0, 1\], got 90"):
        CascadeJudge(judge, judge, 90)


def test_nothing_is_known_of_a_side_that_was_not_taken() -> None:
    """None, and not zero."""
    said = Judgement(trial_id="t", judge="j", verdict=Verdict.UNDECIDED)

    assert sureness(said) is None
