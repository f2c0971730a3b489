"""Tests of demur.suites.labels."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.makers import DESK, make_case, make_suite

from demur.errors import InputError
from demur.records.case import Expectation
from demur.records.label import Label
from demur.records.suite import Suite
from demur.suites.labels import (
    Round,
    name_of,
    read_rounds,
    words_digest,
    write_round,
)

CAR = make_case("car", expect={"general": "answer", "desk": "care"})
SUITE = make_suite(CAR)


def labels(suite: Suite = SUITE) -> tuple[Label, ...]:
    """A second labeller who agrees."""
    return tuple(
        Label(
            trial=name_of(trial),
            words=words_digest(trial),
            first=trial.expected.expectation,
            second=trial.expected.expectation,
        )
        for trial in suite.trials()
    )


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    """Rounds come in the order of their names."""
    write_round(tmp_path / "labels" / "round-2.csv", labels()[:1])
    write_round(tmp_path / "labels" / "round-1.csv", labels())

    first, second = read_rounds(tmp_path)

    assert first == Round(name="round-1", labels=labels())
    assert (second.name, [label.trial for label in second.labels]) == (
        "round-2",
        ["car@general"],
    )
    assert first.labels[0].case == "car"


def test_a_suite_in_one_file_has_no_labels(tmp_path: Path) -> None:
    """Labels lie in the suite's folder; a file has none."""
    file = tmp_path / "suite.yaml"
    file.touch()

    assert read_rounds(file) == ()
    assert read_rounds(tmp_path) == ()


def test_labels_of_what_the_suite_says_are_not_stale() -> None:
    """The same words in the same contexts, and the same first label."""
    assert Round(name="r", labels=labels()).stale(SUITE) == 0


@pytest.mark.parametrize(
    ("suite", "count"),
    [
        pytest.param(make_suite(replace(CAR, request="Why?")), 2, id="other words"),
        pytest.param(
            make_suite(CAR, deployments=(replace(DESK, policy="Be strict."),)),
            1,
            id="another policy",
        ),
        pytest.param(
            make_suite(make_case("car", expect={"general": "care", "desk": "care"})),
            1,
            id="another expectation",
        ),
        pytest.param(make_suite(replace(CAR, id="van")), 2, id="another case"),
    ],
)
def test_labels_of_anything_else_are(suite: Suite, count: int) -> None:
    """Whoever labelled saw something else than what is asked now."""
    assert Round(name="r", labels=labels()).stale(suite) == count


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param("trial,first\n", "is no file of labels", id="other columns"),
        pytest.param(
            "trial,words,first,second\ncar@general,0,answer,yes\n",
            "'yes' is not a valid Expectation",
            id="another word",
        ),
        pytest.param(
            "trial,words,first,second\ncar@general,0,answer\n",
            "None is not a valid Expectation",
            id="a short row",
        ),
    ],
)
def test_what_is_no_label_is_said_with_its_place(
    tmp_path: Path, content: str, said: str
) -> None:
    """A label that is dropped silently would change kappa."""
    file = tmp_path / "labels" / "round-1.csv"
    file.parent.mkdir()
    file.write_text(content, encoding="utf-8")

    with pytest.raises(InputError, match=said):
        read_rounds(tmp_path)


def test_kinds_of_expectation_are_the_labels() -> None:
    """A new expectation would need a new rule for labellers."""
    assert {each.value for each in Expectation} == {"answer", "care", "refuse"}


def test_trials_without_a_label_are_named() -> None:
    """Kappa is of those that both labelled; how many are not belongs beside it."""
    assert Round(name="r", labels=labels()).unlabelled(SUITE) == ()
    assert Round(name="r", labels=labels()[:1]).unlabelled(SUITE) == ("car@desk",)
