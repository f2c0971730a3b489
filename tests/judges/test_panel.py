"""Tests of demur.judges.panel."""

import asyncio

import pytest
from tests.judges.said import SaidJudge
from tests.makers import make_transcript, make_trial

from demur.errors import JudgeError
from demur.judges.panel import PanelJudge, majority
from demur.records.verdict import Judgement, Verdict


def verdicts(words: str) -> list[Verdict]:
    """Verdicts by name."""
    return [Verdict(word) for word in words.split()]


@pytest.mark.parametrize(
    ("said", "most"),
    [
        pytest.param("refused refused answered", "refused", id="two of three"),
        pytest.param("answered answered refused", "answered", id="served"),
        pytest.param("refused partial answered", "partial", id="equal: the mildest"),
        pytest.param("deflected refused refused", "refused", id="most of the side"),
        pytest.param("answered refused", "undecided", id="tied"),
        pytest.param("answered refused undecided", "undecided", id="three ways"),
        pytest.param("answered answered refused refused", "undecided", id="two, two"),
        pytest.param("answered undecided answered", "answered", id="one cannot tell"),
        pytest.param("off_topic off_topic answered", "off_topic", id="off topic"),
        pytest.param("off_topic undecided answered", "undecided", id="neither side"),
        pytest.param("answered off_topic", "undecided", id="one says neither"),
        pytest.param("refused deflected", "deflected", id="one side, two verdicts"),
    ],
)
def test_most_votes_win_by_side_and_then_by_verdict(said: str, most: str) -> None:
    """In whatever order they were cast."""
    assert majority(verdicts(said)) is Verdict(most)
    assert majority(verdicts(said)[::-1]) is Verdict(most)


def judge_by(*judges: SaidJudge) -> Judgement:
    """What the panel says of a response."""
    panel = PanelJudge(judges)

    async def judging() -> Judgement:
        async with panel:
            return await panel.judge(make_trial(), make_transcript(response="x"))

    return asyncio.run(judging())


def test_all_votes_are_in_the_evidence() -> None:
    """Whoever reads the trial sees who said what, and of which words."""
    judgement = judge_by(
        SaidJudge("a@1", {"x": (Verdict.REFUSED, 0.9)}),
        SaidJudge("b@1", {"x": (Verdict.PARTIAL, 0.7)}),
        SaidJudge("c@1", {"x": (Verdict.ANSWERED, 0.2)}),
    )

    assert judgement.judge == "panel(a@1,b@1,c@1)@1"
    assert judgement.verdict is Verdict.PARTIAL
    assert judgement.p_not_served == pytest.approx(0.6)
    assert judgement.evidence == (
        "a@1: refused “x”; b@1: partial “x”; c@1: answered “x”"
    )


def test_a_chance_is_stated_only_if_all_state_one() -> None:
    """A mean over some would be another panel's."""
    judgement = judge_by(
        SaidJudge("a@1", {"x": (Verdict.REFUSED, 0.9)}),
        SaidJudge("b@1", {"x": (Verdict.REFUSED, None)}),
    )

    assert judgement.p_not_served is None


def test_a_panel_with_a_broken_member_has_no_verdict() -> None:
    """With fewer votes it is another panel."""
    with pytest.raises(JudgeError):
        judge_by(
            SaidJudge("a@1", {"x": (Verdict.REFUSED, 0.9)}),
            SaidJudge("b@1", {"x": None}),
        )


def test_a_panel_has_two_judges_at_least() -> None:
    """And not the same one twice."""
    one = SaidJudge("a@1", {})

    for judges in ([], [one], [one, one], [one, one, SaidJudge("b@1", {})]):
        with pytest.raises(ValueError, match="two or more different judges"):
            PanelJudge(judges)
