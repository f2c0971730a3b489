"""Tests of demur.measures.corrected_rate."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from tests.makers import make_outcome, make_trial

from demur.measures.corrected_rate import (
    LIKE_NEITHER,
    NEITHER,
    CorrectedRate,
    corrected_over_refusal,
    corrected_under_refusal,
    over_refusal_by_accuracy,
    under_refusal_by_accuracy,
)
from demur.records.drawn_label import DrawnLabel
from demur.records.outcome import Outcome
from demur.records.transcript import Block, Layer
from demur.stats.cluster import cluster_proportion
from demur.stats.estimate import Estimate
from demur.stats.prediction_powered import prediction_powered_mean
from demur.stats.youden import Validation

EXPECTED = {"over": "answer", "under": "refuse"}
CORRECT = {"over": corrected_over_refusal, "under": corrected_under_refusal}


def make_run(kind: str, **became: int) -> list[Outcome]:
    """So many outcomes of each kind, every one a family of its own."""
    names = [name for name, count in became.items() for _ in range(count)]
    return [
        make_outcome(make_trial(f"{kind}{at}", expectation=EXPECTED[kind]), name)
        for at, name in enumerate(names)
    ]


def make_labels(
    outcomes: Sequence[Outcome], said: Sequence[bool | None], probability: float
) -> list[DrawnLabel]:
    """Labels of the first so many of these."""
    return [
        DrawnLabel(trial_id=o.trial.id, is_served=served, probability=probability)
        for o, served in zip(outcomes, said, strict=False)
    ]


def blocked(outcome: Outcome) -> Outcome:
    """The same, stopped by a provider's filter."""
    assert outcome.transcript is not None
    block = Block(layer=Layer.PROVIDER_FILTER, code="finish_reason=content_filter")
    return replace(outcome, transcript=replace(outcome.transcript, block=block))


def estimate_of(rate: CorrectedRate) -> Estimate:
    """An estimate that must be there."""
    assert rate.measured.estimate is not None, rate.reason
    return rate.measured.estimate


def test_labels_drawn_alike_move_with_what_verdicts_tell_of_all() -> None:
    """The example of the page: 25 of 100 labels, and 20 % as judged, give 20.7 %."""
    outcomes = make_run("over", refused=120, answered=480)
    chosen = [*outcomes[:25], *outcomes[120:195]]
    said = [False] * 22 + [True] * 3 + [False] * 3 + [True] * 72

    rate = corrected_over_refusal(outcomes, make_labels(chosen, said, 1 / 6))

    found, raw = estimate_of(rate), rate.raw.estimate
    assert raw is not None
    assert (raw.value, raw.low, raw.high) == pytest.approx(
        (0.2, 0.170, 0.234), abs=5e-4
    )
    assert (found.value, found.low, found.high) == pytest.approx(
        (0.207, 0.154, 0.271), abs=5e-4
    )
    assert (rate.labelled, rate.agreed, rate.measured.trials) == (100, 94, 600)
    assert found.method == "prediction-powered, wilson"


def test_labels_of_either_verdict_count_by_its_share() -> None:
    """Drawn at two rates: 0.2 × 36 of 40, and 0.8 × 4 of 40, is 26 %; not 50 %."""
    outcomes = make_run("over", refused=120, answered=480)
    labels = [
        *make_labels(outcomes[:120], [False] * 36 + [True] * 4, 40 / 120),
        *make_labels(outcomes[120:], [False] * 4 + [True] * 36, 40 / 480),
    ]
    first = cluster_proportion(np.arange(40) < 36, np.arange(40))
    second = cluster_proportion(np.arange(40) < 4, np.arange(40))
    assert first is not None
    assert second is not None
    shares = 1.959964**2 * 0.2 * 0.8 * (0.9 - 0.1) ** 2 / 600
    above = (0.2 * (first.high - 0.9)) ** 2 + (0.8 * (second.high - 0.1)) ** 2

    rate = corrected_over_refusal(outcomes, labels)

    found = estimate_of(rate)
    assert found.value == pytest.approx(0.26)
    assert found.high == pytest.approx(0.26 + (above + shares) ** 0.5)
    assert (rate.labelled, rate.agreed) == (80, 72)


@pytest.mark.parametrize("kind", ["over", "under"])
def test_labels_drawn_alike_are_prediction_powered(kind: str) -> None:
    """The same as the method on arrays, whose events are that kind's errors."""
    outcomes = make_run(kind, refused=100, answered=200)
    chosen = [*outcomes[:25], *outcomes[100:150]]
    said = [False] * 20 + [True] * 5 + [False] * 6 + [True] * 44
    is_hit = kind == "under"
    truth = np.full(300, np.nan)
    truth[[*range(25), *range(100, 150)]] = [float(s is is_hit) for s in said]
    guesses = np.repeat([float(not is_hit), float(is_hit)], [100, 200])

    rate = CORRECT[kind](outcomes, make_labels(chosen, said, 0.25))

    expected = prediction_powered_mean(truth, guesses)
    assert expected is not None
    found = estimate_of(rate)
    assert (found.value, found.low, found.high) == pytest.approx(
        (expected.value, expected.low, expected.high)
    )
    assert rate.measured.name == f"corrected {kind}-refusal"


def test_labels_of_a_wrong_judge_bring_the_rate_to_where_it_is() -> None:
    """A judge that calls everything refused, and people who see that half was served.

    The rate as judged is 100 %, and surely wrong.
    """
    outcomes = make_run("over", refused=400)

    rate = corrected_over_refusal(
        outcomes, make_labels(outcomes[::4], [True, False] * 50, 0.25)
    )

    found = estimate_of(rate)
    assert found.value == pytest.approx(0.5)
    assert found.high < 0.65
    assert rate.agreed == 50


def test_what_the_judge_left_out_counts_by_its_labels() -> None:
    """Undecided is not served in truth: four labels of four say so."""
    outcomes = make_run("over", undecided=20, answered=80)
    labels = [
        *make_labels(outcomes[:20], [False] * 4, 0.2),
        *make_labels(outcomes[20:], [True] * 16, 0.2),
    ]

    rate = corrected_over_refusal(outcomes, labels)

    assert rate.raw.left_out == {"undecided": 20}
    assert rate.measured.left_out == {}
    assert rate.measured.trials == 100
    assert 0.1 < estimate_of(rate).value <= 0.2


def test_what_people_call_neither_leaves_with_its_like() -> None:
    """Nine of ten labels on off-topic responses say so: nine tenths of all leave."""
    outcomes = make_run("over", off_topic=100, answered=100)
    labels = [
        *make_labels(outcomes[:100], [None] * 9 + [False], 0.1),
        *make_labels(outcomes[100:], [True] * 10, 0.1),
    ]

    rate = corrected_over_refusal(outcomes, labels)

    assert rate.measured.trials == 110
    assert rate.measured.left_out == {NEITHER: 9, LIKE_NEITHER: 81}
    assert (rate.labelled, rate.agreed) == (11, 10)
    assert estimate_of(rate).value == pytest.approx(1 / 11, abs=0.02)


def test_what_the_protocol_blocked_needs_no_label() -> None:
    """A hundred blocks among 200, and nothing else withheld: half, and surely so."""
    outcomes = make_run("over", blocked=100, answered=100)
    outcomes = [*map(blocked, outcomes[:100]), *outcomes[100:]]

    rate = corrected_over_refusal(
        outcomes, make_labels(outcomes[100:], [True] * 50, 0.5)
    )

    found = estimate_of(rate)
    assert (rate.known, rate.labelled) == (100, 50)
    assert found.value == pytest.approx(0.5)
    assert found.low > 0.4
    assert found.high < 0.6


def test_failed_trials_are_left_out_and_said() -> None:
    """As they are of the rate as judged."""
    outcomes = make_run("over", answered=10, failed=3)

    rate = corrected_over_refusal(outcomes, make_labels(outcomes, [True] * 5, 0.5))

    assert rate.measured.left_out == {"failed": 3}
    assert rate.measured.trials == 10


def test_labels_of_the_other_kind_and_of_twins_are_passed_over() -> None:
    """They say nothing of this rate."""
    twin = make_run("over", refused=1)[0]
    plain = replace(twin.trial.case, id="twin", plain_of="over0")
    twins = [replace(twin, trial=replace(twin.trial, case=plain))]
    outcomes = [*make_run("under", refused=4), *twins]

    rate = corrected_over_refusal(outcomes, make_labels(outcomes, [True] * 5, 1.0))

    assert rate.measured.estimate is None
    assert (rate.reason, rate.labelled) == ("no label", 0)
    assert rate.measured.trials == 0


def test_families_widen_the_interval() -> None:
    """Four samples of a trial that come out alike are hardly more than one."""
    alone = make_run("over", refused=80, answered=120)
    labels = make_labels(
        [*alone[:20], *alone[80:110]], [False] * 20 + [True] * 30, 0.25
    )
    together = [
        replace(
            o, trial=replace(o.trial, case=replace(o.trial.case, family=str(at // 10)))
        )
        for at, o in enumerate(alone)
    ]

    apart, clustered = (
        estimate_of(corrected_over_refusal(run, labels)) for run in (alone, together)
    )

    assert clustered.high - clustered.low > 1.3 * (apart.high - apart.low)


def test_chances_that_differ_within_a_verdict_are_weighed_back() -> None:
    """Another judge drew these: of the answers, those it doubted ten times as often.

    100 doubted of 1,000, half of them refusals; none among the rest.
    """
    outcomes = make_run("over", refused=10, answered=990)
    doubted, rest = outcomes[10:110], outcomes[110:]
    labels = [
        *make_labels(outcomes[:10], [False] * 10, 1.0),
        *make_labels(doubted, [False, True] * 25, 0.5),
        *make_labels(rest, [True] * 44, 0.05),
    ]

    found = estimate_of(corrected_over_refusal(outcomes, labels))

    assert found.value == pytest.approx(0.06, abs=0.005)
    assert found.method == "prediction-powered, wilson"


def test_a_verdict_that_nobody_labelled_gives_a_reason() -> None:
    """Where the others were not labelled alike, nothing can stand for it."""
    outcomes = make_run("over", refused=10, answered=90, undecided=7)
    labels = [
        *make_labels(outcomes[:10], [False] * 5, 0.5),
        *make_labels(outcomes[10:], [True] * 9, 0.1),
    ]

    rate = corrected_over_refusal(outcomes, labels)

    assert rate.measured.estimate is None
    assert rate.reason == "no label among the 7 that the judge called neither"


def test_a_bare_verdict_gives_a_reason_whatever_the_other_chances() -> None:
    """Here they differ within a verdict too."""
    outcomes = make_run("over", answered=90, undecided=7)
    labels = [
        *make_labels(outcomes[:9], [True] * 9, 0.1),
        *make_labels(outcomes[9:], [True] * 9, 0.5),
    ]

    rate = corrected_over_refusal(outcomes, labels)

    assert rate.measured.estimate is None
    assert rate.reason == "no label among the 7 that the judge called neither"


@pytest.mark.parametrize("kind", ["over", "under"])
def test_a_chance_that_the_judge_states_helps_more_than_its_verdict(kind: str) -> None:
    """All are called served, at a chance of 0.4 where they are not: labels agree."""
    is_withheld = [at % 4 == 0 for at in range(400)]
    plain = make_run(kind, answered=400)
    stated = [
        replace(o, judgement=replace(o.judgement, p_not_served=0.4 if w else 0.1))
        for o, w in zip(plain, is_withheld, strict=True)
        if o.judgement is not None
    ]
    said = [not withheld for withheld in is_withheld[:100]]
    said[0], said[1] = said[1], said[0]
    said[50], said[60] = not said[50], not said[60]

    without, with_chance = (
        estimate_of(CORRECT[kind](run, make_labels(run, said, 0.25)))
        for run in (plain, stated)
    )

    assert with_chance.value == pytest.approx(without.value, abs=0.02)
    assert with_chance.high - with_chance.low < 0.8 * (without.high - without.low)


@pytest.mark.parametrize("rate", [corrected_over_refusal, corrected_under_refusal])
def test_no_trials_give_a_reason(
    rate: Callable[[list[Outcome], list[DrawnLabel]], CorrectedRate],
) -> None:
    """Nothing was asked, or nobody labelled."""
    assert rate([], []).reason == "no label"
    assert rate([], []).measured.estimate is None


def test_accuracy_elsewhere_corrects_a_rate() -> None:
    """(60/400 + 0.95 − 1) / (0.9 + 0.95 − 1), in either direction."""
    validation = Validation(
        true_positives=90, positives=100, true_negatives=190, negatives=200
    )
    over = make_run("over", refused=60, answered=340)
    under = make_run("under", refused=340, answered=60)

    rates = [
        over_refusal_by_accuracy(over, validation),
        under_refusal_by_accuracy(under, validation),
    ]

    for rate in rates:
        found = estimate_of(rate)
        assert found.value == pytest.approx(0.1176, abs=1e-4)
        assert found.low < 0.07
        assert found.high > 0.16
        assert (rate.labelled, rate.agreed) == (300, 280)


@pytest.mark.parametrize(
    ("positives", "count", "reason"),
    [
        pytest.param(0, 400, "no true positives to validate with", id="one-sided"),
        pytest.param(4, 400, "sensitivity + specificity - 1 may be 0", id="few"),
        pytest.param(100, 0, "no trials", id="nothing counted"),
    ],
)
def test_a_correction_that_is_not_to_be_had_says_why(
    positives: int, count: int, reason: str
) -> None:
    """No number then, and never the raw one in its place."""
    validation = Validation(
        true_positives=positives // 2,
        positives=positives,
        true_negatives=60,
        negatives=100,
    )

    rate = over_refusal_by_accuracy(make_run("over", answered=count), validation)

    assert rate.measured.estimate is None
    assert rate.reason.startswith(reason)
