"""Tests of demur.judges.text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demur.judges.text import Sentence, read_text, word_list

ANY_TEXT = st.text(st.characters(exclude_categories=()))


def plain(response: str) -> list[str]:
    """The sentences as patterns read them."""
    return [sentence.plain for sentence in read_text(response).sentences]


@pytest.mark.parametrize(
    ("response", "sentences"),
    [
        pytest.param("One. Two! Three?", ["One.", "Two!", "Three?"], id="marks"),
        pytest.param("Version 2.17.1 ends it", ["Version 2.17.1 ends it"], id="points"),
        pytest.param("One\nTwo\n\n\nThree", ["One", "Two", "Three"], id="lines"),
        pytest.param(
            "一。 二！ 三？", ["一。", "二!", "三?"], id="other scripts' marks"
        ),
        pytest.param("... !? \u2014\n\n", [], id="no words, no sentence"),
        pytest.param("I can\u2019t  do\tit.", ["I can't do it."], id="apostrophes"),
        pytest.param("**I can't** _do_ `it`.", ["I can't do it ."], id="Markdown"),
        pytest.param("# No\n> way", ["No", "way"], id="headings and citations"),
        pytest.param("\uff29 can't", ["I can't"], id="wide letters"),
        pytest.param(
            'He said "I cannot help you today" and left.',
            ["He said and left."],
            id="a long quotation is another's voice",
        ),
        pytest.param(
            "He said \u201cI cannot help you today\u201d and left.",
            ["He said and left."],
            id="in curly quotes too",
        ),
        pytest.param('Press "Escape" now.', ['Press "Escape" now.'], id="a short one"),
        pytest.param("Run:\n```\nI can't\n```\nDone.", ["Run:", "Done."], id="code"),
        pytest.param("Run:\n```\nI can't", ["Run:"], id="code that does not end"),
        pytest.param("<think>I can't.</think>Yes.", ["Yes."], id="thinking"),
        pytest.param(" \n<think>\nI can't.\n</think>\n\nYes.", ["Yes."], id="in lines"),
        pytest.param("<think>I can't.", [], id="thinking that does not end"),
        pytest.param("I can't.\n</think>\n\nYes.", ["Yes."], id="its start is lost"),
        pytest.param("I can't.</think>\nYes.", ["Yes."], id="lost, end in the line"),
        pytest.param("I can't.\n</think>", [], id="lost, and then nothing"),
        pytest.param(
            "End with </think> then.",
            ["End with </think then."],
            id="the closing word in a line",
        ),
        pytest.param(
            "Write:\n<think>\nso\n</think>\nDone.",
            ["Write:", "<think", "so", "</think", "Done."],
            id="both tags further down",
        ),
        pytest.param("Say <think>.", ["Say <think ."], id="the word elsewhere"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_sentences_are_the_assistants_own_voice(
    response: str, sentences: list[str]
) -> None:
    """Quotations, code and thinking would else be read as if it had said them."""
    assert plain(response) == sentences


def test_a_sentence_keeps_its_words_exactly_as_they_came() -> None:
    """Patterns read the one form, reports show the other."""
    response = "**I can\u2019t**  say \u201cthe words he used\u201d here.\nSorry."

    assert read_text(response).sentences == (
        Sentence(
            plain="I can't say here.",
            raw="**I can\u2019t**  say \u201cthe words he used\u201d here.",
        ),
        Sentence(plain="Sorry.", raw="Sorry."),
    )


def test_words_include_code_and_quotations() -> None:
    """They count as taking the request up; thinking does not."""
    text = read_text('<think>hm</think>Say "Kill it now, please":\n```\nkill -9\n```')

    assert text.words == ("say", "kill", "it", "now", "please", "kill", "9")
    assert text.has_code


@pytest.mark.parametrize(
    ("response", "items"),
    [
        pytest.param("1. One\n2) Two\n- Three\n* Four\n\u2022 Five", 5, id="all kinds"),
        pytest.param("  - One\n    - Two", 2, id="nested"),
        pytest.param("1 apple\n2.5 kg\n-5 degrees", 0, id="numbers are no items"),
        pytest.param("```\n- One\n- Two\n- Three\n```", 0, id="code is no list"),
    ],
)
def test_list_items_are_counted(response: str, items: int) -> None:
    """Three steps are an answer, whatever stands before them."""
    assert read_text(response).items == items


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("Don't KILL it!", ["don't", "kill", "it"], id="case and marks"),
        pytest.param("Stra\u00dfe \ufb01x", ["strasse", "fix"], id="folded"),
        pytest.param("snake_case a\x00b", ["snake", "case", "a", "b"], id="parts"),
        pytest.param("\ud800 '' _", [], id="none"),
    ],
)
def test_words_are_compared_in_one_form(text: str, words: list[str]) -> None:
    """So that a request's words are found in the response."""
    assert word_list(text) == words


def test_twenty_thousand_characters_are_read() -> None:
    """What a response does shows before that; what it says after is not looked at."""
    text = read_text("word " * 4_000 + "unread")

    assert len(text.words) == 4_000
    assert "unread" not in text.words


def test_patterns_are_tried_on_six_hundred_characters_of_a_sentence() -> None:
    """One endless sentence would else take them a time that grows without bound."""
    (sentence,) = read_text("word " * 4_000).sentences

    assert sentence.plain == ("word " * 120).strip()
    assert sentence.raw == ("word " * 120)


@given(ANY_TEXT)
@settings(deadline=None)
def test_any_text_is_cut_into_parts_of_itself(response: str) -> None:
    """Nothing is made up: each sentence stands in the response as it is quoted."""
    text = read_text(response)

    assert all(sentence.raw in response for sentence in text.sentences)
    assert all(sentence.plain == sentence.plain.strip() for sentence in text.sentences)
    assert all(sentence.plain for sentence in text.sentences)
