"""Tests of demur.suites.overlap."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.makers import make_case

from demur.suites.overlap import overlaps


@pytest.mark.parametrize(
    ("first", "second", "share"),
    [
        pytest.param(
            "Open the red door", "open THE red gate?", 0.6, id="three of five"
        ),
        pytest.param("a b c d", "d c b a", 1.0, id="another order"),
        pytest.param("Tür öffnen", "tür Öffnen!", 1.0, id="letters that are not ASCII"),
    ],
)
def test_the_share_is_of_all_words_that_either_holds(
    first: str, second: str, share: float
) -> None:
    """Jaccard's index of the sets, whatever the case, order and marks."""
    cases = (make_case("a", request=first), make_case("b", request=second))

    (found,) = overlaps(cases, above=0.5)

    assert (found.first.id, found.second.id) == ("a", "b")
    assert found.share == pytest.approx(share)


def test_one_family_may_ask_alike() -> None:
    """That is what a family is for."""
    same = [make_case(name, request="Open the door", family="f") for name in "ab"]

    assert overlaps(same) == []


WORDS = st.lists(st.sampled_from("abcdefgh"), max_size=7).map(" ".join)


@given(st.lists(WORDS, max_size=8), st.sampled_from([0.3, 0.5, 0.6, 0.9]))
def test_no_pair_is_missed(requests: list[str], above: float) -> None:
    """What is never looked at could not have been alike: every pair, compared."""
    cases = [make_case(f"c-{n}", request=text) for n, text in enumerate(requests)]
    expected = set()
    for a, b in combinations(cases, 2):
        one, two = set(a.request.split()), set(b.request.split())
        if one | two and len(one & two) / len(one | two) > above:
            expected.add((a.id, b.id))

    assert {(o.first.id, o.second.id) for o in overlaps(cases, above)} == expected
