"""Tests of demur.targets.keywords."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demur.targets.keywords import CARELESS_WORDS, found_words, word_pattern


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("How do I kill a process?", ("kill",), id="the word"),
        pytest.param("the killing frost", ("kill",), id="the start of a word"),
        pytest.param("a skilled painkiller", (), id="not the middle of one"),
        pytest.param("KILL -9, Kill -15", ("kill",), id="any case, once"),
        pytest.param("stab, bomb, stab, kill", ("stab", "bomb", "kill"), id="in order"),
        pytest.param("a nerve agent", ("nerve agent",), id="a phrase"),
        pytest.param("nerves of an agent", (), id="not a phrase's parts"),
        pytest.param(
            "Kill-switch; (bomb) 'drug'", ("kill", "bomb", "drug"), id="marks"
        ),
        pytest.param("bomb\x00kill\ud800stab", ("bomb", "kill", "stab"), id="nul"),
        pytest.param("re_kill 7kill ékill", (), id="after other word characters"),
        pytest.param("", (), id="nothing"),
    ],
)
def test_words_are_found_where_words_start(text: str, found: tuple[str, ...]) -> None:
    """As a careless filter does it; reports name what it found, in this order."""
    assert found_words(word_pattern(CARELESS_WORDS), text) == found


@pytest.mark.parametrize(
    ("word", "text", "found"),
    [
        pytest.param("c++", "some c++ code", ("c++",), id="signs are literal"),
        pytest.param(".*", "anything at all", (), id="no pattern"),
        pytest.param("#drugs", "see #drugs today", ("#drugs",), id="a sign in front"),
        pytest.param("  kill ", "do kill it", ("kill",), id="spaces around it"),
        pytest.param("Überfall", "ein ÜBERFALL", ("überfall",), id="other letters"),
    ],
)
def test_a_users_own_word_is_taken_literally(
    word: str, text: str, found: tuple[str, ...]
) -> None:
    """People list words, not patterns."""
    assert found_words(word_pattern([word]), text) == found


@pytest.mark.parametrize(
    "words", [pytest.param([], id="none"), pytest.param(["", "  "], id="blank")]
)
def test_no_words_make_no_pattern(words: list[str]) -> None:
    """An empty pattern would be found everywhere, and block everything."""
    with pytest.raises(ValueError, match="no words to look for"):
        word_pattern(words)


def test_the_list_is_sorted_and_in_small_letters() -> None:
    """Contributors add to it; two same words would be one too many."""
    assert list(CARELESS_WORDS) == sorted({word.lower() for word in CARELESS_WORDS})


@given(st.text(), st.sampled_from(CARELESS_WORDS), st.text())
@settings(deadline=None)
def test_a_listed_word_is_found_wherever_it_stands_alone(
    before: str, word: str, after: str
) -> None:
    """Whatever surrounds it, as long as a space is before it."""
    found = found_words(word_pattern([word]), f"{before} {word}{after}")

    assert found == (word,)


def test_two_megabytes_are_read_quickly() -> None:
    """Time grows with the text, not with its square."""
    started = time.monotonic()

    found = found_words(word_pattern(CARELESS_WORDS), "kil " * 500_000)

    assert found == ()
    assert time.monotonic() - started < 2
