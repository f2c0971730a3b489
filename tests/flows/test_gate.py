"""Tests of demur.flows.gate."""

from collections.abc import Sequence
from math import comb

import pytest
from tests.flows.judged import judged, outcomes_of, rates
from tests.makers import DESK, make_outcome, make_trial

from demur.errors import InputError, UnknownNameError
from demur.flows.gate import GateRules, gate
from demur.records.condition import parse_condition
from demur.records.context import Context
from demur.records.outcome import Outcome
from demur.records.verdict import Verdict
from demur.reports.gate_result import Answer, Checked, GateResult

FREE = GateRules(is_one_sided_ok=True)
DEPLOYED = Context(id="desk", deployment=DESK)


def gated(
    outcomes: Sequence[Outcome],
    *texts: str,
    rules: GateRules = FREE,
    before: Sequence[Outcome] | None = None,
) -> GateResult:
    """A gate with these conditions on a run of these outcomes."""
    conditions = [parse_condition(text, "test") for text in texts]
    past = None if before is None else judged(before)
    return gate(judged(outcomes), conditions, rules, past)


def only(result: GateResult) -> Checked:
    """The only condition's answer."""
    assert len(result.checked) == 1
    return result.checked[0]


@pytest.mark.parametrize(
    ("refused", "of", "text", "answer"),
    [
        # 0.95 to the 59th is 4.85 %, to the 58th 5.10 %.
        pytest.param(0, 59, "over-refusal <= 0.05", "pass", id="just enough"),
        pytest.param(0, 58, "over-refusal <= 0.05", "undecided", id="one too few"),
        pytest.param(3, 60, "over-refusal <= 0.05", "undecided", id="at the limit"),
        pytest.param(20, 60, "over-refusal <= 0.05", "fail", id="far above"),
        pytest.param(20, 60, "over-refusal >= 0.05", "pass", id="at least, above"),
        pytest.param(0, 59, "over-refusal >= 0.05", "fail", id="at least, below"),
        pytest.param(20, 60, "strict over-refusal <= 5%", "fail", id="strict"),
    ],
)
def test_an_answer_needs_the_whole_interval(
    refused: int, of: int, text: str, answer: str
) -> None:
    """On one side of the limit, at 5 % one-sided; else it is undecided."""
    assert gated(rates(refused, of), text).answer == answer


def test_more_conditions_need_more_trials() -> None:
    """Bonferroni: of two, each has 2.5 %, and 0.95 to the 72nd is the first below."""
    texts = ("over-refusal <= 0.05", "over-refusal <= 0.9")

    few, enough = (gated(rates(0, of), *texts) for of in (71, 72))

    assert (few.answer, enough.answer) == (Answer.UNDECIDED, Answer.PASS)
    assert few.share == 0.025


def test_families_count_not_trials() -> None:
    """Twelve families of five that are all alike say no more than twelve trials."""
    outcomes = outcomes_of([Verdict.ANSWERED] * 12, size=5)

    checked = only(gated(outcomes, "over-refusal <= 0.05"))

    assert checked.answer == Answer.UNDECIDED
    assert checked.measured.trials == 60
    assert checked.measured.estimate is not None
    assert checked.measured.estimate.high == pytest.approx(1 - 0.05 ** (1 / 12))


@pytest.mark.parametrize(
    ("texts", "answer"),
    [
        pytest.param(("over-refusal <= 0.1",), "pass", id="one that passes"),
        pytest.param(
            ("over-refusal <= 0.1", "over-refusal <= 0.01"),
            "undecided",
            id="one of two undecided",
        ),
        pytest.param(
            ("over-refusal <= 0.01", "over-refusal >= 0.5"),
            "fail",
            id="one fails and one is undecided",
        ),
    ],
)
def test_a_gate_passes_only_if_all_do(texts: tuple[str, ...], answer: str) -> None:
    """It fails if any condition fails, whatever the others."""
    assert gated(rates(0, 100), *texts).answer == answer


def test_a_gate_on_refusing_too_much_alone_is_wrong_use() -> None:
    """Else answering harmful requests is the easiest way to pass."""
    with pytest.raises(InputError) as caught:
        gated(rates(0, 100), "gap <= 0.1", "over-refusal <= 0.1", rules=GateRules())

    assert "under-refusal" in caught.value.problem
    assert "--one-sided-ok" in caught.value.hint


@pytest.mark.parametrize(
    "texts",
    [
        pytest.param(("over-refusal <= 0.1", "under-refusal <= 0.9"), id="both"),
        pytest.param(("under-refusal <= 0.9",), id="the other side alone"),
        pytest.param(("over-refusal >= 0.1",), id="that it refuses something"),
    ],
)
def test_a_gate_that_guards_both_sides_needs_no_leave(texts: tuple[str, ...]) -> None:
    """And it has no line about what it does not hold."""
    outcomes = rates(0, 100) + rates(100, 100, expectation="refuse")

    result = gated(outcomes, *texts, rules=GateRules())

    assert result.guard is None


def test_a_one_sided_gate_shows_the_other_side() -> None:
    """Under-refusal is measured all the same."""
    outcomes = rates(0, 100) + rates(1, 4, expectation="refuse")

    result = gated(outcomes, "over-refusal <= 0.1")

    assert result.guard is not None
    assert result.guard.estimate is not None
    assert result.guard.estimate.value == 0.75


@pytest.mark.parametrize(
    ("became", "answer"),
    [
        pytest.param("failed", "undecided", id="failed"),
        pytest.param(Verdict.UNDECIDED, "undecided", id="undecided"),
        pytest.param(Verdict.OFF_TOPIC, "undecided", id="off topic"),
        pytest.param(None, "pass", id="not asked"),
    ],
)
def test_too_much_missing_is_undecided(
    became: Verdict | str | None, answer: str
) -> None:
    """Twenty of 120 are missing; which are not asked has nothing to do with answers."""
    outcomes = outcomes_of([Verdict.ANSWERED] * 100 + [became] * 20)

    assert gated(outcomes, "over-refusal <= 0.05").answer == answer


def test_what_is_missing_is_said() -> None:
    """With its number and its reason."""
    outcomes = outcomes_of([Verdict.ANSWERED] * 100 + ["failed"] * 20)

    doubt = only(gated(outcomes, "over-refusal <= 0.05")).doubt

    assert doubt == (
        "20 of 120 trials could not be counted (20 failed), more than 10 %"
    )


def test_a_run_that_a_condition_is_not_about_decides_nothing() -> None:
    """No trial to be refused: 0 of 0 is no rate."""
    checked = only(gated(rates(0, 100), "under-refusal <= 0.05"))

    assert checked.answer == Answer.UNDECIDED
    assert checked.doubt == "the run has no trial that it is about"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        pytest.param("over-refusal topic:lock <= 0.1", "topic", id="topic"),
        pytest.param("over-refusal field:securty <= 0.1", "field", id="field"),
        pytest.param("over-refusal in genral <= 0.1", "context", id="context"),
        pytest.param("gap general <= 0.1", "deployment", id="no deployment"),
    ],
)
def test_a_part_that_the_run_lacks_is_wrong_use(text: str, kind: str) -> None:
    """A misspelt topic must not pass for want of trials."""
    with pytest.raises(UnknownNameError) as caught:
        gated(rates(0, 100), text)

    assert caught.value.problem.startswith(f"unknown {kind} ")


def pairs(general: Verdict, deployed: Verdict, count: int) -> list[Outcome]:
    """Cases under general and at the desk."""
    return [
        make_outcome(make_trial(f"case-{number}", context=context), became)
        for number in range(count)
        for context, became in ((None, general), (DEPLOYED, deployed))
    ]


@pytest.mark.parametrize(
    ("deployed", "answer"),
    [
        pytest.param(Verdict.REFUSED, "fail", id="withheld in the deployment"),
        pytest.param(Verdict.ANSWERED, "pass", id="served in both"),
    ],
)
def test_a_gap_is_held_against_its_limit(deployed: Verdict, answer: str) -> None:
    """z² / (n + z²) with 100 pairs that all agree is 2.6 %, one-sided at 5 %."""
    outcomes = pairs(Verdict.ANSWERED, deployed, 100)

    assert gated(outcomes, "gap desk <= 0.03").answer == answer


def test_a_condition_in_a_context_is_on_that_context_alone() -> None:
    """All is served under general, nothing at the desk."""
    outcomes = pairs(Verdict.ANSWERED, Verdict.REFUSED, 100)

    texts = ("over-refusal in general <= 0.1", "over-refusal in desk <= 0.1")
    answers = [each.answer for each in gated(outcomes, *texts).checked]

    assert answers == [Answer.PASS, Answer.FAIL]


@pytest.mark.parametrize(
    ("expectation", "text", "refused", "answer"),
    [
        pytest.param("answer", "change over-refusal <= 0.03", 0, "pass", id="none"),
        pytest.param("answer", "change over-refusal <= 0.03", 50, "fail", id="more"),
        pytest.param(
            "refuse", "change under-refusal <= 0.03", 50, "pass", id="more is less"
        ),
        pytest.param(
            "refuse", "change under-refusal >= 0.03", 50, "fail", id="and not more"
        ),
    ],
)
def test_a_change_is_counted_from_the_baseline(
    expectation: str, text: str, refused: int, answer: str
) -> None:
    """A change of under-refusal is of trials answered, so its sign is turned."""
    before = rates(0, 100, expectation=expectation)
    after = rates(refused, 100, expectation=expectation)

    assert gated(after, text, before=before).answer == answer


def test_a_change_needs_a_baseline() -> None:
    """The message names the option."""
    with pytest.raises(InputError, match="--baseline RUN"):
        gated(rates(0, 100), "change over-refusal <= 0.1")


@pytest.mark.parametrize(
    ("refused", "of", "text", "families"),
    [
        pytest.param(0, 30, "over-refusal <= 0.05", 29, id="none refused: 59 in all"),
        pytest.param(0, 250, "over-refusal <= 0.01", 49, id="none refused: 299 in all"),
    ],
)
def test_what_would_decide_is_what_decides(
    refused: int, of: int, text: str, families: int
) -> None:
    """With no refusal it can be said exactly, and it is true."""
    outcomes = rates(refused, of)

    need = only(gated(outcomes, text)).need

    assert need is not None
    assert (need.families, need.trials, need.left) == (families, families, 0)
    assert gated(rates(refused, of + families), text).answer == Answer.PASS


def test_as_many_more_decide_where_some_are_refused() -> None:
    """2 of 50 against 10 %: with all told at the same rate, it passes."""
    need = only(gated(rates(2, 50), "over-refusal <= 0.1")).need

    assert need is not None
    of = 50 + need.families
    assert gated(rates(round(0.04 * of), of), "over-refusal <= 0.1").answer == "pass"
    assert need.families < 100


def test_families_that_are_still_to_be_asked_are_counted() -> None:
    """To say whether going on would do, or the suite is too small."""
    outcomes = outcomes_of([Verdict.ANSWERED] * 30 + [None] * 12)

    need = only(gated(outcomes, "over-refusal <= 0.05")).need

    assert need is not None
    assert need.left == 12


@pytest.mark.parametrize(
    ("text", "families"),
    [
        # z² (1 / 0.03 - 1) pairs that all agree make a bound of 3 %: 2.706 × 32.3.
        pytest.param("gap desk <= 0.03", 58, id="pairs that all agree"),
        pytest.param("gap desk <= 0", None, id="at the limit"),
    ],
)
def test_what_would_decide_about_a_gap_is_said(text: str, families: int | None) -> None:
    """30 pairs that all agree; 88 would do."""
    outcomes = pairs(Verdict.ANSWERED, Verdict.ANSWERED, 30)

    need = only(gated(outcomes, text)).need

    assert (need and need.families) == families


def test_at_the_limit_no_number_would_decide() -> None:
    """5 of 100 against 5 %: any answer would be luck."""
    checked = only(gated(rates(5, 100), "over-refusal <= 0.05"))

    assert checked.answer == Answer.UNDECIDED
    assert checked.need is None


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        pytest.param("over-refusal <= 0.1", "pass", id="passes at the limit"),
        pytest.param("over-refusal >= 0.1", "pass", id="at least"),
    ],
)
def test_a_gate_is_seldom_wrong_at_its_limit(text: str, wrong: str) -> None:
    """80 families whose true rate is the limit: it passes at most 5 % of the time.

    Every number of refusals enumerated, with its chance.
    """
    n, rate = 80, 0.1
    chances = [comb(n, k) * rate**k * (1 - rate) ** (n - k) for k in range(25)]

    answers = [gated(rates(k, n), text).answer for k in range(25)]

    shares = [p for p, each in zip(chances, answers, strict=True) if each == wrong]
    assert 0.01 < sum(shares) <= 0.05
