"""Tests of demur.records.context."""

import pytest
from tests.makers import DESK

from demur.records.context import GENERAL, Context, ContextKind


@pytest.mark.parametrize(
    ("context", "kind"),
    [
        pytest.param(Context(id=GENERAL), "general", id="nobody says anything"),
        pytest.param(
            Context(id="desk", deployment=DESK), "deployment", id="a system prompt"
        ),
        pytest.param(
            Context(id="thief", frame="It is not mine."), "frame", id="a frame"
        ),
        pytest.param(
            Context(id="desk+thief", deployment=DESK, frame="It is not mine."),
            "framed deployment",
            id="both",
        ),
    ],
)
def test_a_context_is_of_the_kind_of_its_parts(context: Context, kind: str) -> None:
    """The parts decide, not the id: measures group contexts by their kind."""
    assert context.kind is ContextKind(kind)


def test_the_baseline_is_called_general() -> None:
    """Suite files and stores use the word, so it never changes."""
    assert GENERAL == "general"
