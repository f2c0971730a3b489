"""Tests of demur.records.exchange."""

import pytest

from demur.records.case import Turn
from demur.records.exchange import Exchange
from demur.records.transcript import Block, Layer


def test_a_judge_is_told_all_that_the_file_says() -> None:
    """Request, turns before it, system prompt, response, end and block."""
    block = Block(layer=Layer.PROVIDER_FILTER, code="finish_reason=content_filter")
    turns = (Turn(role="user", content="One."), Turn(role="assistant", content="Yes."))
    exchange = Exchange(
        number=3,
        id="q",
        request="Two.",
        response="No.",
        earlier=turns,
        system="Be brief.",
        finish_reason="content_filter",
        block=block,
        model="m",
    )

    trial, transcript = exchange.trial, exchange.transcript

    assert (trial.case.request, trial.case.earlier) == ("Two.", turns)
    assert trial.context.deployment is not None
    assert trial.context.deployment.system == "Be brief."
    assert (transcript.trial_id, transcript.response) == (trial.id, "No.")
    assert (transcript.finish_reason, transcript.block) == ("content_filter", block)


@pytest.mark.parametrize("name", ["", "\ud800", "a@b#1", 7, "x" * 100_000])
def test_any_id_makes_a_trial(name: str | int) -> None:
    """Ids of other programs follow no rule."""
    exchange = Exchange(number=1, id=name, request="", response="")

    assert exchange.trial.case.id == str(name)
