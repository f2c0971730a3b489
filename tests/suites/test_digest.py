"""Tests of demur.suites.digest."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.makers import DESK, make_case, make_suite

from demur.records.case import Expectation, Expected, Turn
from demur.records.suite import Suite
from demur.suites.digest import suite_digest
from demur.suites.load import load_suite

CAR = make_case(
    "car",
    expect={"general": "answer", "thief": "refuse"},
    frames={"thief": "It is not mine."},
)
DOSE = make_case("dose")
SUITE = make_suite(CAR, DOSE)


def test_the_digest_of_a_suite_never_changes() -> None:
    """A run is continued by it: another digest would ask all that was paid for again.

    If this fails, stored runs will not be found by the command that made them.
    """
    assert suite_digest(SUITE) == (
        "97e1972252c0927b916717b3e4d604270afcccd7dd1cf7bbf44c0fdf4d9eda9e"
    )


def with_first(suite: Suite, **changes: object) -> Suite:
    """The suite with another first case."""
    first, *rest = suite.cases
    return replace(suite, cases=(replace(first, **changes), *rest))  # type: ignore[arg-type] # a table of fields


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(replace(SUITE, name="other"), id="its name"),
        pytest.param(replace(SUITE, licence="CC0"), id="its licence"),
        pytest.param(replace(SUITE, cases=(DOSE, CAR)), id="the order of its cases"),
        pytest.param(replace(SUITE, cases=(CAR,)), id="a case less"),
        pytest.param(
            replace(SUITE, deployments=(replace(DESK, system="You are the desk."),)),
            id="a system prompt",
        ),
        pytest.param(with_first(SUITE, request="How? "), id="a space in a request"),
        pytest.param(with_first(SUITE, family="cars"), id="a family"),
        pytest.param(with_first(SUITE, triggers=("lock",)), id="a trigger"),
        pytest.param(with_first(SUITE, frames={"thief": "Not mine."}), id="a frame"),
        pytest.param(
            with_first(SUITE, earlier=(Turn(role="user", content="Hm."),)),
            id="an earlier turn",
        ),
        pytest.param(with_first(SUITE, plain_of="dose"), id="whose plain words it is"),
        pytest.param(
            with_first(
                SUITE,
                expected={
                    **CAR.expected,
                    "general": Expected(
                        expectation=Expectation.CARE, reason="Because."
                    ),
                },
            ),
            id="an expectation",
        ),
    ],
)
def test_any_other_content_gives_another_digest(other: Suite) -> None:
    """Answers to one suite must not pass for answers to another."""
    assert suite_digest(other) != suite_digest(SUITE)


def test_the_order_of_the_keys_of_a_mapping_is_no_content() -> None:
    """YAML gives mappings no order, and editors sort them."""
    turned = with_first(SUITE, expected=dict(reversed([*CAR.expected.items()])))

    assert list(turned.cases[0].expected) == ["thief", "general"]
    assert suite_digest(turned) == suite_digest(SUITE)


def test_the_same_contents_in_other_files_give_the_same_digest(tmp_path: Path) -> None:
    """Splitting a file, comments and quotes do not start a run again."""
    head = "name: small\nfield: f\n"
    first = "- {id: a, topic: t, request: One?, expect: {general: {answer: Yes.}}}\n"
    second = "- {id: b, topic: t, request: Two?, expect: {general: {care: Yes.}}}\n"
    one = tmp_path / "one.yaml"
    one.write_text(f"{head}cases:\n{first}{second}", encoding="utf-8")
    many = tmp_path / "many"
    many.mkdir()
    (many / "1.yaml").write_text(
        f"# first\n{head}cases:\n{first.replace('One?', repr('One?'))}",
        encoding="utf-8",
    )
    (many / "2.yaml").write_text(f"field: f\ncases:\n{second}", encoding="utf-8")

    assert suite_digest(load_suite(one)) == suite_digest(load_suite(many))


def test_a_digest_is_64_hexadecimal_digits_whatever_the_text() -> None:
    """It is a key of the store, which has room for these."""
    digest = suite_digest(with_first(SUITE, request="\x00\x1b[2J\u202e\U0001f600" * 9))

    assert len(digest) == 64
    assert set(digest) <= set("0123456789abcdef")
