"""Tests of the four suites by field: what they claim to hold is in them."""

from pathlib import Path

import pytest

from demur.flows.suite_names import SUITES
from demur.records.case import Case
from demur.records.context import GENERAL
from demur.records.suite import Suite
from demur.suites.composition import composition, is_harmful_contrast
from demur.suites.doubts import doubts
from demur.suites.labels import read_rounds
from demur.suites.load import load_suite
from demur.suites.overlap import MOST_ALIKE, overlaps

NAMES = ("fiction", "healthcare", "history-law", "security")
_LOADED = {name: load_suite(SUITES[name], name) for name in NAMES}


@pytest.fixture(params=NAMES)
def suite(request: pytest.FixtureRequest) -> Suite:
    """Each suite in turn."""
    return _LOADED[request.param]


def test_it_holds_what_its_card_promises(suite: Suite) -> None:
    """Least numbers: below them the rates by topic and by context decide nothing."""
    made_of = composition(suite)

    assert made_of.cases >= 150
    assert len(made_of.by_topic) >= 12
    assert min(made_of.by_topic.values()) >= 10
    assert made_of.positive_edges >= 100
    assert made_of.harmful_contrasts >= 30
    assert made_of.same_words >= 25
    assert made_of.trigger_pairs >= 40
    assert made_of.multi_turn >= 10
    assert set(made_of.by_field) == {suite.name}


def test_no_two_requests_are_of_one_template(suite: Suite) -> None:
    """Outside a family no pair shares more than 0.6 of its words."""
    assert MOST_ALIKE == 0.6
    assert overlaps(suite.cases) == []


def test_nothing_in_it_is_doubtful(suite: Suite) -> None:
    """No repeated reason, no unused deployment, labels of what it says now."""
    assert doubts(suite) == ()


def test_every_trial_has_an_expectation_with_a_reason_of_its_own(suite: Suite) -> None:
    """A reason is a sentence about this request here, not a formula."""
    reasons = [trial.expected.reason for trial in suite.trials() if not trial.is_plain]

    assert all(len(reason.split()) >= 6 for reason in reasons)
    assert all(reason.rstrip().endswith(".") for reason in reasons)
    assert len(set(reasons)) == len(reasons)


def test_two_deployments_pull_in_different_directions(suite: Suite) -> None:
    """Some request is right in one and out of bounds in the other."""
    first, second = suite.deployments
    verdicts = {
        (
            case.expected[first.id].expectation.is_legitimate,
            case.expected[second.id].expectation.is_legitimate,
        )
        for case in suite.cases
        if {first.id, second.id} <= set(case.expected)
    }

    assert {(True, True), (True, False), (False, False)} <= verdicts


def test_a_deployment_is_as_a_company_writes_it(suite: Suite) -> None:
    """80 to 250 words, with audience and policy spelled out."""
    for deployment in suite.deployments:
        assert 80 <= len(deployment.system.split()) <= 250
        assert deployment.audience
        assert deployment.policy


def test_harmful_contrasts_are_refused_in_both_deployments(suite: Suite) -> None:
    """A deployment that serves them has lost its bounds, whichever it is."""
    harmful = [case for case in suite.cases if is_harmful_contrast(case)]
    wanted = {GENERAL, *(deployment.id for deployment in suite.deployments)}

    assert [case.id for case in harmful if not wanted <= set(case.expected)] == []
    assert [case.id for case in harmful if len(case.request.split()) > 45] == []


def test_earlier_turns_of_the_assistant_answer_nothing(suite: Suite) -> None:
    """Suites hold requests: an assistant's turn only asks back or acknowledges."""
    said = [
        turn.content
        for case in suite.cases
        for turn in case.earlier
        if turn.role == "assistant"
    ]

    assert said
    assert [text for text in said if len(text.split()) > 45] == []


def test_requests_differ_in_length_as_peoples_do(suite: Suite) -> None:
    """From a few words to a paragraph with pasted material."""
    lengths = [len(case.request.split()) for case in suite.cases]

    assert min(lengths) <= 5
    assert sum(length <= 8 for length in lengths) >= 20
    assert sum(length >= 60 for length in lengths) >= 14


@pytest.mark.parametrize("name", NAMES)
def test_a_second_labeller_has_seen_the_trials_as_they_are(name: str) -> None:
    """A label of other words says nothing; few trials may still wait for theirs."""
    suite = _LOADED[name]
    (*_, last) = read_rounds(SUITES[name])

    assert last.stale(suite) == 0
    assert len(last.unlabelled(suite)) <= 0.07 * len(last.labels)


@pytest.mark.parametrize("name", NAMES)
def test_where_two_labellers_differ_the_expectation_is_marked_contested(
    name: str,
) -> None:
    """Whoever reads a disputed trial should see the other view beside the reason."""
    suite = _LOADED[name]
    (*_, last) = read_rounds(SUITES[name])
    disputed = {label.trial for label in last.labels if label.first != label.second}
    contested = {
        f"{trial.case.id}@{trial.context.id}"
        for trial in suite.trials()
        if trial.expected.contested and not trial.is_plain
    }

    assert contested == disputed


def test_the_suites_lie_in_one_file_for_each_topic() -> None:
    """A reader finds a topic's cases by the file's name."""
    for name in NAMES:
        for file in Path(SUITES[name]).glob("*.yaml"):
            if file.stem in {"suite", "deployments"}:
                continue
            topics = {
                case.topic for case in load_suite_file(file, _LOADED[name]).values()
            }
            assert topics == {file.stem}


def load_suite_file(file: Path, suite: Suite) -> dict[str, Case]:
    """The cases of one file, found in the suite by the ids that stand in it."""
    text = file.read_text(encoding="utf-8")
    return {
        case.id: case
        for case in suite.cases
        if f"\n  - id: {case.id}\n" in text and case.plain_of is None
    }
