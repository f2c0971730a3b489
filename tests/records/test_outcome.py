"""Tests of demur.records.outcome."""

import pytest
from tests.makers import make_outcome, make_transcript, make_trial

from demur.records.outcome import Outcome
from demur.records.transcript import FailedTrial
from demur.records.verdict import FailedJudgement, Judgement, Verdict

_BROKEN = FailedJudgement(
    trial_id="case@general#1", judge="phrase@1", error="JudgeError", message="no"
)
_FAILED = FailedTrial(
    trial_id="case@general#1", error="TargetTimeoutError", message="no answer in 60 s"
)
_ANSWERED = Judgement(
    trial_id="case@general#1", judge="phrase@1", verdict=Verdict.ANSWERED
)


@pytest.mark.parametrize(
    ("became", "missing"),
    [
        pytest.param(None, "not asked", id="nothing is known"),
        pytest.param("failed", "failed", id="nothing came back"),
        pytest.param("not judged", "not judged", id="nobody has read it"),
        pytest.param("off_topic", "off topic", id="it answers something else"),
        pytest.param("undecided", "undecided", id="the judge could not tell"),
        pytest.param("answered", None, id="answered"),
        pytest.param("partial", None, id="partial"),
        pytest.param("deflected", None, id="deflected"),
        pytest.param("refused", None, id="refused"),
        pytest.param("blocked", None, id="blocked"),
    ],
)
def test_an_outcome_counts_or_says_why_not(
    became: str | None, missing: str | None
) -> None:
    """Each reason is shown beside the rate, so none may hide behind another."""
    assert make_outcome(make_trial(), became).missing == missing


@pytest.mark.parametrize(
    ("became", "verdict", "is_served"),
    [
        pytest.param(None, None, None, id="not asked"),
        pytest.param("failed", None, None, id="failed: neither answer nor refusal"),
        pytest.param("not judged", None, None, id="not judged"),
        pytest.param("undecided", Verdict.UNDECIDED, None, id="undecided"),
        pytest.param("answered", Verdict.ANSWERED, True, id="served"),
        pytest.param("refused", Verdict.REFUSED, False, id="withheld"),
    ],
)
def test_what_nobody_has_said_is_none(
    became: str | None, verdict: Verdict | None, *, is_served: bool | None
) -> None:
    """Missing is not zero: an outcome without a verdict is not a refusal."""
    outcome = make_outcome(make_trial(), became)

    assert outcome.verdict is verdict
    assert outcome.is_served is is_served


def test_a_judge_that_broke_is_not_one_that_could_not_tell() -> None:
    """The transcript is there, so it is not 'not judged' either."""
    outcome = Outcome(
        trial=make_trial(), transcript=make_transcript(), failed_judgement=_BROKEN
    )

    assert outcome.missing == "judge failed"


@pytest.mark.parametrize(
    ("outcome", "missing"),
    [
        pytest.param(
            Outcome(
                trial=make_trial(),
                transcript=make_transcript(),
                judgement=_ANSWERED,
                failed_judgement=_BROKEN,
            ),
            None,
            id="the judge broke first and then told",
        ),
        pytest.param(
            Outcome(trial=make_trial(), transcript=make_transcript(), failure=_FAILED),
            "not judged",
            id="the target failed first and then answered",
        ),
    ],
)
def test_a_later_success_outweighs_an_earlier_failure(
    outcome: Outcome, missing: str | None
) -> None:
    """A trial asked again is one trial; its failure is history."""
    assert outcome.missing == missing
