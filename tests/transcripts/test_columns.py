"""Tests of demur.transcripts.columns."""

import pytest

from demur.transcripts.columns import Columns


@pytest.mark.parametrize(
    ("names", "request_column"),
    [
        pytest.param(["input", "prompt"], "prompt", id="the likelier name"),
        pytest.param([" Prompt "], " Prompt ", id="capitals and blanks"),
        pytest.param(["Prompt", "prompt"], "Prompt", id="the first of two alike"),
        pytest.param(["text"], None, id="no known name"),
        pytest.param([], None, id="no column"),
    ],
)
def test_the_likeliest_name_is_taken(
    names: list[str], request_column: str | None
) -> None:
    """Whatever the order of the columns."""
    assert Columns().find(names).get("request") == request_column


def test_a_column_that_was_said_is_not_guessed() -> None:
    """Also where the table lacks it, so that the lack is told."""
    found = Columns(said={"request": "asked"}).find(["prompt"])

    assert found["request"] == "asked"
