"""Tests of demur.transcripts.words."""

import pytest

from demur.records.case import Turn
from demur.transcripts.words import block_of, conversation, id_of, text_of


@pytest.mark.parametrize(
    ("content", "text"),
    [
        pytest.param("So.", "So.", id="text"),
        pytest.param(12, "12", id="number"),
        pytest.param(
            [{"type": "text", "text": "a"}, {"type": "image_url"}, "b"],
            "ab",
            id="parts, of which a picture says nothing",
        ),
        pytest.param([], "", id="no part"),
    ],
)
def test_a_content_is_read_as_text(content: object, text: str) -> None:
    """Every form that the protocols know."""
    assert text_of(content) == text


@pytest.mark.parametrize("content", [None, True, {}])
def test_what_is_no_text_is_not_made_into_one(content: object) -> None:
    """``None`` as a text would be judged."""
    with pytest.raises(ValueError, match="is no text but"):
        text_of(content)


def test_a_conversation_is_parted_into_context_and_request() -> None:
    """Messages in a row are one turn; tools and empty turns are passed over."""
    messages = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "One."},
        {"role": "assistant", "content": "Yes."},
        {"role": "assistant", "content": None, "tool_calls": [{}]},
        {"role": "tool", "content": "42"},
        {"role": "user", "content": "Two."},
        {"role": "user", "content": "Three."},
    ]

    request, earlier, system = conversation(messages)

    assert request == "Two.\n\nThree."
    assert earlier == (
        Turn(role="user", content="One."),
        Turn(role="assistant", content="Yes."),
    )
    assert system == "Be brief."


def test_a_conversation_without_a_user_has_no_request() -> None:
    """Nobody's words are put into the user's mouth."""
    assert conversation([]) == ("", (), None)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        pytest.param("a", "a", id="text"),
        pytest.param(0, 0, id="0"),
        pytest.param(True, 9, id="true"),
        pytest.param(" ", 9, id="blank"),
        pytest.param(None, 9, id="null"),
        pytest.param({"a": 1}, 9, id="object"),
        pytest.param(1.5, 9, id="fraction"),
    ],
)
def test_an_id_is_the_files_or_the_number(value: object, found: str | int) -> None:
    """The reader of the output must find the line again."""
    assert id_of(value, 9) == found


@pytest.mark.parametrize("reason", ["stop", "length", "tool_calls", None])
def test_an_ordinary_end_is_no_block(reason: str | None) -> None:
    """Cut off is not withheld."""
    assert block_of(reason) is None
