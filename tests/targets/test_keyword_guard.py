"""Tests of demur.targets.keyword_guard."""

import asyncio

import pytest

from demur.targets.guard import Stop
from demur.targets.keyword_guard import KeywordGuard
from demur.targets.keywords import CARELESS_WORDS


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("How do I kill a process?", "kill", id="listed"),
        pytest.param("A bomb killed a bomber.", "bomb, kill", id="each once, in order"),
        pytest.param("How do I stop a process?", None, id="not listed"),
        pytest.param("", None, id="nothing said"),
    ],
)
def test_a_keyword_guard_names_the_words_that_it_found(
    text: str, reason: str | None
) -> None:
    """They are the block's detail, so that a reader sees the trigger."""
    guard = KeywordGuard(CARELESS_WORDS)

    stop = asyncio.run(guard.check(text, "How do I kill it?"))

    assert stop == (None if reason is None else Stop(reason=reason))
