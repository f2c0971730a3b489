"""Tests of demur.judges.delimit."""

import re

import pytest
from tests.judges.hostile import HOSTILE

from demur.judges.delimit import MOST_RESPONSE, Section, delimit, plain

LINE = re.compile(r"<<<(REQUEST|RESPONSE|END OF REQUEST|END OF RESPONSE) (\w+)>>>")


def make_section(text: str, most: int = MOST_RESPONSE) -> Section:
    """A response."""
    return Section(title="RESPONSE", text=text, most=most)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_no_text_ends_its_own_section(text: str) -> None:
    """Four lines carry the code, wherever the hostile text stands."""
    found = delimit(Section(title="REQUEST", text=text, most=100), make_section(text))

    (code,) = set(re.findall(r"\w{32}", found.splitlines()[0]))
    titles = [title for title, said in LINE.findall(found) if said == code]
    assert titles == ["REQUEST", "END OF REQUEST", "RESPONSE", "END OF RESPONSE"]
    assert code not in text


def test_the_same_texts_give_the_same_prompt_and_others_another_code() -> None:
    """A reply is kept under the prompt, so nothing of it may be left to chance."""
    assert delimit(make_section("one")) == delimit(make_section("one"))
    assert delimit(make_section("one"))[:50] != delimit(make_section("two"))[:50]


def test_two_texts_that_are_cut_to_the_same_are_told_apart() -> None:
    """What was left out counts too."""
    one, two = (f"start{middle}end" for middle in ("a" * 100, "b" * 100))

    assert delimit(make_section(one, 9)) != delimit(make_section(two, 9))


def test_a_long_text_is_cut_in_the_middle_with_a_note() -> None:
    """Start and end show what a response does; the note carries the code."""
    found = delimit(make_section("S" * 1000 + "E" * 1000, most=300)).splitlines()

    code = found[0].removeprefix("<<<RESPONSE ").removesuffix(">>>")
    assert found[1:-1] == [
        "S" * 200,
        f"<<<1700 CHARACTERS LEFT OUT HERE {code}>>>",
        "E" * 100,
    ]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_nothing_invisible_is_left_and_nothing_grows(text: str) -> None:
    """So a prompt can be sent as UTF-8, read by people, and bounded in size."""
    found = plain(text)

    assert len(found) <= len(text)
    assert all(char.isprintable() or char == "\n" for char in found)
    found.encode("utf-8")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("a\tb\nc", "a\tb\nc", id="tabs and line feeds stay"),
        pytest.param("a\r\nb", "a\nb", id="line ends of Windows"),
        pytest.param("a\rb\x00", "a␍b␀", id="control characters"),
        pytest.param("a\x7f\x9b", "a␡\ufffd", id="control characters further up"),
        pytest.param("می\u200cخواهم", "می\u200cخواهم", id="Persian"),
        pytest.param("👩\u200d🔬", "👩\u200d🔬", id="emoji"),
        pytest.param("10\u00a0mg\u3000", "10 mg ", id="other spaces"),
        pytest.param("a\u202eb\u200bc", "a\ufffdb\ufffdc", id="turned and invisible"),
    ],
)
def test_signs_stand_for_what_shows_nothing(text: str, shown: str) -> None:
    """Languages that need a joiner keep it."""
    assert plain(text) == shown
