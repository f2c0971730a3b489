"""Tests of demur.measures.base."""

from tests.makers import make_outcome, make_trial

from demur.measures.base import count_families, family_numbers

OUTCOMES = [
    make_outcome(make_trial(case, family=family), "answered")
    for case, family in (("a", "locks"), ("b", None), ("c", "locks"), ("d", "drugs"))
]


def test_outcomes_have_the_same_number_if_they_are_of_one_family() -> None:
    """A and c share their words; b is a family of its own."""
    numbers = family_numbers(OUTCOMES)

    assert numbers.tolist() == [0, 1, 0, 2]


def test_families_are_counted_not_cases() -> None:
    """Four cases in three families."""
    assert count_families(OUTCOMES) == 3


def test_no_outcomes_are_no_families() -> None:
    """The empty array still has whole numbers in it, as clusters must."""
    numbers = family_numbers([])

    assert (numbers.shape, numbers.dtype.kind, count_families([])) == ((0,), "i", 0)
