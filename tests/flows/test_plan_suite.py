"""Tests of demur.flows.plan_suite."""

from dataclasses import replace

import pytest
from tests.makers import DESK, make_case, make_suite

from demur.flows.plan_suite import plan_suite
from demur.records.case import Case
from demur.records.need import Aim, Assumed, Need
from demur.records.suite import Suite

BOTH = {"general": "answer", "desk": "answer"}


def make_cases(
    families: int, each: int = 1, expect: dict[str, str] | None = None
) -> list[Case]:
    """So many families of so many cases, all to be answered unless said otherwise."""
    return [
        make_case(f"c{n}-{k}", family=f"f{n}", expect=expect)
        for n in range(families)
        for k in range(each)
    ]


def make_families(families: int, each: int = 1) -> Suite:
    """A suite of such families."""
    return make_suite(*make_cases(families, each))


def over_refusal_of(suite: Suite, size: float, assumed: Assumed) -> Need:
    """What it takes to show that over-refusal is at most so much."""
    return plan_suite(suite, Aim.AT_MOST, size, assumed)[0]


def test_59_families_show_5_percent_if_nothing_is_refused() -> None:
    """However many trials each of them has: the interval counts families then."""
    assumed = Assumed(rate=0.0)

    enough = over_refusal_of(make_families(59, each=3), 0.05, assumed)
    short = over_refusal_of(make_families(58, each=3), 0.05, assumed)

    assert (enough.families, enough.has, enough.trials) == (59, 59, 177)
    assert (enough.is_met, short.is_met) == (True, False)
    assert short.samples is None
    assert (enough.sees, short.sees) == (0.05, 0.051)


def test_without_a_rate_it_is_planned_for_none_and_for_half_of_the_limit() -> None:
    """For both rates, since a gate on one without the other is worth little."""
    needs = plan_suite(make_families(10), Aim.AT_MOST, 0.05, Assumed())

    assert [(need.measure, need.rate) for need in needs] == [
        ("over-refusal", 0.0),
        ("over-refusal", 0.025),
        ("under-refusal", 0.0),
        ("under-refusal", 0.025),
    ]


def test_samples_help_as_far_as_they_differ() -> None:
    """Samples that always end alike add nothing; others do, up to a point."""
    suite = make_families(100)
    assumed = Assumed(rate=0.1, correlation=0.2, sample_correlation=0.2)

    once = over_refusal_of(suite, 0.2, assumed)
    thrice = over_refusal_of(suite, 0.2, replace(assumed, samples=3))
    alike = over_refusal_of(
        suite, 0.2, replace(assumed, samples=3, sample_correlation=1.0)
    )

    assert once.families == alike.families == 114
    assert thrice.families is not None
    assert thrice.families < 70
    assert (once.is_met, once.samples, alike.samples) == (False, 2, None)


def test_trials_of_large_families_tell_less_each() -> None:
    """Ten trials in ten families, or in two large ones and eight small."""
    even = make_suite(*make_cases(10, each=2))
    uneven = make_suite(
        *(make_case(f"big{k}", family="big") for k in range(11)),
        *(make_case(f"c{n}", family=f"f{n}") for n in range(9)),
    )

    needs = [over_refusal_of(s, 0.2, Assumed(rate=0.1)) for s in (even, uneven)]

    assert [need.trials for need in needs] == [20, 20]
    assert [need.has for need in needs] == [10, 10]
    assert (needs[0].families or 0) < (needs[1].families or 0)


def test_a_change_is_looked_for_on_both_sides() -> None:
    """130 families show 10 points, with 2 % changing each way by chance."""
    suite = make_suite(
        *make_cases(130),
        *(make_case(f"r{n}", expect={"general": "refuse"}) for n in range(20)),
    )

    over, under = plan_suite(suite, Aim.CHANGE, 0.1, Assumed())

    assert (over.measure, over.families, over.has) == ("over-refusal", 130, 130)
    assert (over.is_met, over.sees, over.rate) == (True, 0.1, None)
    assert (under.measure, under.has, under.is_met) == ("under-refusal", 20, False)


def test_a_gap_counts_what_is_legitimate_on_both_sides() -> None:
    """Neither cases without general nor those to be refused in the deployment."""
    cases = [
        *make_cases(3, expect=BOTH),
        make_case("only-desk", expect={"desk": "answer"}),
        make_case("refused", expect={"general": "answer", "desk": "refuse"}),
        replace(make_case("plain", expect=BOTH), plain_of="c0-0"),
    ]

    needs = plan_suite(make_suite(*cases), Aim.GAP, 0.1, Assumed())

    assert [(n.of, n.has, n.trials, n.families) for n in needs] == [("desk", 3, 3, 130)]


def test_deployments_stand_by_themselves_and_together() -> None:
    """A deployment in which nothing is asked is not listed."""
    other, unused = replace(DESK, id="other"), replace(DESK, id="unused")
    cases = [
        make_case("a", expect=BOTH),
        make_case("b", expect={"general": "answer", "other": "answer"}),
    ]
    suite = make_suite(*cases, deployments=(DESK, other, unused))

    needs = plan_suite(suite, Aim.GAP, 0.1, Assumed())

    assert [(need.of, need.has) for need in needs] == [
        ("desk", 1),
        ("other", 1),
        ("all deployments", 2),
    ]


@pytest.mark.parametrize("aim", Aim)
def test_a_suite_without_such_requests_shows_nothing(aim: Aim) -> None:
    """No families: never enough, nothing to be seen, and no division by zero."""
    for need in plan_suite(make_suite(), aim, 0.1, Assumed()):
        assert (need.has, need.trials, need.is_met) == (0, 0, False)
        assert (need.samples, need.sees) == (None, None)
        assert need.families is not None


def test_what_it_has_can_show_is_what_as_many_families_suffice_for() -> None:
    """Asked for the size that it can see, the suite is enough; for less, not."""
    suite = make_families(80, each=2)
    assumed = Assumed()
    sees = plan_suite(suite, Aim.CHANGE, 0.05, assumed)[0].sees
    assert sees is not None

    enough = plan_suite(suite, Aim.CHANGE, sees, assumed)[0]
    short = plan_suite(suite, Aim.CHANGE, sees - 0.001, assumed)[0]

    assert (enough.is_met, short.is_met) == (True, False)
