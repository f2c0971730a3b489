"""Tests of demur.measures.topics."""

from dataclasses import replace

import pytest
from tests.makers import DESK, make_outcome, make_trial

from demur.measures.topics import by_topic, topics
from demur.records.context import GENERAL, Context
from demur.records.outcome import Outcome
from demur.records.trial import Trial

AT_DESK = Context(id="desk", deployment=DESK)


def ask(
    name: str,
    topic: str,
    became: str,
    *,
    context: Context | None = None,
    expectation: str = "answer",
    field: str = "security",
) -> Outcome:
    """A case of a topic, under general if no context is given."""
    trial = make_trial(name, context=context, expectation=expectation)
    case = replace(trial.case, topic=topic, field=field)
    return make_outcome(Trial(case=case, context=trial.context), became)


def lose(topic: str, count: int) -> list[Outcome]:
    """So many families served under general and refused at the desk."""
    return [
        ask(f"{topic}-{i}", topic, became, context=context)
        for i in range(count)
        for context, became in ((Context(id=GENERAL), "answered"), (AT_DESK, "refused"))
    ]


def test_each_topic_has_its_own_rates() -> None:
    """One of two refused on locks, none on mail; what was to be refused beside it."""
    found = topics(
        [
            ask("a", "locks", "refused"),
            ask("b", "locks", "answered"),
            ask("c", "mail", "answered"),
            ask("d", "mail", "answered", expectation="refuse"),
        ]
    ).by_topic

    locks, mail = found["locks"], found["mail"]
    assert list(found) == ["locks", "mail"]
    assert locks.over.estimate is not None
    assert locks.over.estimate.value == 1 / 2
    assert (locks.under.estimate, locks.under_pooled) == (None, None)
    assert mail.over.estimate is not None
    assert mail.over.estimate.value == 0
    assert mail.under.estimate is not None
    assert mail.under.estimate.value == 1


def test_the_highest_of_small_topics_is_drawn_in() -> None:
    """One of two refused where the others refuse 2 of 40: half is too much."""
    others = [
        ask(f"{topic}-{i}", topic, "refused" if i == 0 else "answered")
        for topic in ("mail", "tools")
        for i in range(20)
    ]

    found = topics(
        [ask("a", "locks", "refused"), ask("b", "locks", "answered"), *others]
    )

    pooled = found.by_topic["locks"].over_pooled
    assert pooled is not None
    assert 0.05 < pooled.value < 0.35
    assert pooled.low <= pooled.value <= pooled.high


def test_the_example_of_the_page_is_what_comes_out() -> None:
    """Four, one and one of ten: 31.9 and 17.3 % are to be expected."""
    refused = {"dosing": 4, "symptoms": 1, "procedures": 1}

    found = topics(
        [
            ask(f"{topic}-{i}", topic, "refused" if i < count else "answered")
            for topic, count in refused.items()
            for i in range(10)
        ]
    )

    pooled = [topic.over_pooled for topic in found.by_topic.values()]
    assert [round(100 * e.value, 1) for e in pooled if e] == [31.9, 17.3, 17.3]


def test_a_gap_is_tested_over_families_and_for_all_topics() -> None:
    """Six of six lost is 2 / 64 by itself, and twice that among two topics."""
    found = topics([*lose("locks", 6), *lose("mail", 1)])

    p_values = {name: t.gap.p_value for name, t in found.by_topic.items()}
    assert found.tests == 2
    assert p_values == {"locks": pytest.approx(2 * 2 / 64), "mail": 1.0}


def test_a_topic_in_which_nothing_changed_is_not_tested() -> None:
    """It costs the others nothing."""
    calm = [
        ask("x", "calm", "answered", context=context)
        for context in (Context(id=GENERAL), AT_DESK)
    ]

    found = topics([*lose("locks", 6), *calm])

    assert found.tests == 1
    assert found.by_topic["calm"].gap.p_value is None
    assert found.by_topic["locks"].gap.p_value == pytest.approx(2 / 64)


def test_topics_of_several_fields_are_told_apart() -> None:
    """Two fields may both have a topic of that name."""
    outcomes = [
        ask("a", "basics", "answered"),
        ask("b", "basics", "answered", field="healthcare"),
    ]

    assert list(by_topic(outcomes)) == ["security: basics", "healthcare: basics"]
    assert list(by_topic(outcomes[:1])) == ["basics"]


def test_plain_twins_are_no_part_of_a_topic() -> None:
    """They count in the trigger effect alone."""
    asked = ask("a", "locks", "answered")
    twin = replace(asked.trial.case, id="a-plain", plain_of="a")
    plain = make_outcome(Trial(case=twin, context=asked.trial.context), "refused")

    found = topics([asked, plain]).by_topic["locks"]

    assert found.over.trials == 1


def test_no_outcomes_have_no_topics() -> None:
    """With nothing asked, nothing is claimed."""
    assert (topics([]).by_topic, topics([]).tests) == ({}, 0)
