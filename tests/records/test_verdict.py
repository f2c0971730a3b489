"""Tests of demur.records.verdict."""

import pytest

from demur.records.verdict import Judgement, Verdict


@pytest.mark.parametrize(
    ("word", "is_served"),
    [
        pytest.param("answered", True, id="the request was served"),
        pytest.param("partial", False, id="some of it was declined"),
        pytest.param("deflected", False, id="not served, without a word of refusal"),
        pytest.param("refused", False, id="declined"),
        pytest.param("blocked", False, id="stopped by a filter"),
        pytest.param("off_topic", None, id="something else was answered"),
        pytest.param("undecided", None, id="the judge could not tell"),
    ],
)
def test_a_verdict_says_served_withheld_or_neither(
    word: str, *, is_served: bool | None
) -> None:
    """What cannot be said is left out of a rate: it is neither 0 nor 1."""
    assert Verdict(word).is_served is is_served


def test_every_verdict_stands_in_the_table_above() -> None:
    """The words are kept in stores, so they never change; a new one is decided on."""
    assert [verdict.value for verdict in Verdict] == [
        "answered",
        "partial",
        "deflected",
        "refused",
        "blocked",
        "off_topic",
        "undecided",
    ]


@pytest.mark.parametrize(
    "chance",
    [
        pytest.param(-0.001, id="below 0"),
        pytest.param(1.001, id="above 1"),
        pytest.param(97.0, id="in percent"),
        pytest.param(float("nan"), id="not a number"),
        pytest.param(float("inf"), id="infinite"),
    ],
)
def test_an_impossible_chance_is_a_callers_bug(chance: float) -> None:
    """A percentage taken for a proportion would pass silently into a curve."""
    with pytest.raises(ValueError, match=r"p_not_served must be in \[0, 1\], got "):
        Judgement(
            trial_id="t",
            judge="phrase@1",
            verdict=Verdict.ANSWERED,
            p_not_served=chance,
        )


@pytest.mark.parametrize("chance", [None, 0.0, 0.5, 1.0])
def test_a_chance_may_be_any_proportion_or_none(chance: float | None) -> None:
    """The bounds belong to it, and a judge need not give one."""
    judgement = Judgement(
        trial_id="t", judge="phrase@1", verdict=Verdict.REFUSED, p_not_served=chance
    )

    assert judgement.p_not_served == chance
