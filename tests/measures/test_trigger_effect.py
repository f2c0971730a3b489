"""Tests of demur.measures.trigger_effect."""

from dataclasses import replace

import pytest
from tests.makers import make_case, make_outcome

from demur.measures.trigger_effect import TriggerPair, trigger_effect
from demur.records.context import GENERAL, Context
from demur.records.outcome import Outcome
from demur.records.trial import Trial


def pair(
    name: str,
    triggered: str | None,
    plain: str | None,
    *,
    triggers: str = "kill",
    context: str = GENERAL,
) -> list[Outcome]:
    """A request with its triggers and without, in one context."""
    words = triggers.split(",")
    asked = make_case(
        name, request=f"How do I {' '.join(words)} {name}?", expect={context: "answer"}
    )
    asked = replace(asked, triggers=tuple(words))
    twin = replace(
        asked,
        id=f"{name}-plain",
        request=f"How do I end {name}?",
        triggers=(),
        plain_of=name,
    )
    at = Context(id=context)
    return [
        make_outcome(Trial(case=case, context=at), became)
        for case, became in ((asked, triggered), (twin, plain))
    ]


def ids(pairs: tuple[TriggerPair, ...]) -> list[tuple[str, str]]:
    """Which trials each pair is of."""
    return [(p.triggered.trial.id, p.plain.trial.id) for p in pairs]


def test_the_effect_is_lost_minus_gained_over_matched_pairs() -> None:
    """Two of five lost by the trigger, one gained: 1/5."""
    effect = trigger_effect(
        [
            *pair("a", "refused", "answered"),
            *pair("b", "deflected", "answered"),
            *pair("c", "answered", "blocked"),
            *pair("d", "refused", "partial"),
            *pair("e", "answered", "answered"),
        ]
    )

    assert effect.measured.estimate is not None
    assert effect.measured.estimate.value == 1 / 5
    assert (effect.measured.trials, effect.measured.families) == (5, 5)
    assert ids(effect.lost) == [
        ("a@general#1", "a-plain@general#1"),
        ("b@general#1", "b-plain@general#1"),
    ]
    assert ids(effect.gained) == [("c@general#1", "c-plain@general#1")]


def test_a_pair_of_which_one_side_is_missing_is_left_out_and_counted() -> None:
    """Half a pair shows nothing about the word."""
    effect = trigger_effect(
        [
            *pair("a", "failed", "answered"),
            *pair("b", "refused", "undecided"),
            *pair("c", "refused", "answered"),
        ]
    )

    assert effect.measured.trials == 1
    assert effect.measured.left_out == {"failed": 1, "undecided": 1}


def test_a_pair_is_of_one_context() -> None:
    """The thief's request is not compared with the owner's."""
    outcomes = [
        pair("a", "refused", "answered")[0],
        pair("a", "refused", "answered", context="desk")[1],
    ]

    assert trigger_effect(outcomes).measured.estimate is None
    assert trigger_effect([]).measured.trials == 0


def test_words_are_counted_in_any_common_ending() -> None:
    """A filter on "kill" finds "killing" too; the commonest form names them."""
    effect = trigger_effect(
        [
            *pair("a", "refused", "answered", triggers="killing"),
            *pair("b", "refused", "answered", triggers="kills,with the axe"),
            *pair("c", "answered", "answered", triggers="kills"),
        ]
    )

    assert {word: m.trials for word, m in effect.by_word.items()} == {
        "kills": 3,
        "axe": 1,
    }
    kills = effect.by_word["kills"].estimate
    assert kills is not None
    assert kills.value == 2 / 3


def test_a_word_that_both_requests_hold_is_no_trigger() -> None:
    """It cannot be what makes the difference."""
    effect = trigger_effect(pair("a", "refused", "answered", triggers="end,kill"))

    assert list(effect.by_word) == ["kill"]


def test_a_words_p_value_allows_for_all_words_tested() -> None:
    """Six families of six by themselves are 2 / 64; another word makes it two tests."""
    kills = [o for i in range(6) for o in pair(f"a{i}", "refused", "answered")]
    shoots = [
        *pair("b", "refused", "answered", triggers="shoot"),
        *pair("c", "answered", "refused", triggers="shoot"),
    ]

    effect = trigger_effect([*kills, *shoots])

    assert effect.tests == 2
    assert effect.by_word["kill"].p_value == pytest.approx(2 * 2 / 64)
    assert effect.by_word["shoot"].p_value == 1.0


def test_a_word_of_one_family_or_without_effect_is_not_tested() -> None:
    """The first shows its family, and of the second there is nothing to test."""
    alone = pair("a", "refused", "answered", triggers="shoot")
    calm = [o for i in range(3) for o in pair(f"b{i}", "answered", "answered")]

    effect = trigger_effect([*alone, *calm])

    assert effect.tests == 0
    assert {m.p_value for m in effect.by_word.values()} == {None}
