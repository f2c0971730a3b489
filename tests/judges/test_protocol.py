"""Tests of demur.judges.protocol."""

import pytest
from tests.makers import make_transcript

from demur.judges.protocol import judge_by_protocol
from demur.records.transcript import Block, Layer, Transcript
from demur.records.verdict import Judgement, Verdict


@pytest.mark.parametrize("layer", Layer)
def test_a_block_is_blocked_by_its_layer(layer: Layer) -> None:
    """Known from the protocol and not from words, so it needs no chance."""
    block = Block(layer=layer, code="keywords guard", detail="kill, bomb")
    transcript = Transcript(trial_id="case@desk#2", response="", block=block)

    assert judge_by_protocol(transcript, "phrase@1") == Judgement(
        trial_id="case@desk#2",
        judge="phrase@1",
        verdict=Verdict.BLOCKED,
        layer=layer,
        evidence="keywords guard: kill, bomb",
    )


def test_a_block_without_detail_is_evidence_by_its_code() -> None:
    """Nothing is added where the protocol said no more."""
    block = Block(layer=Layer.PROVIDER_FILTER, code="finish_reason=content_filter")
    transcript = Transcript(trial_id="x", response="", block=block)

    judgement = judge_by_protocol(transcript, "phrase@1")

    assert judgement is not None
    assert judgement.evidence == "finish_reason=content_filter"


def test_a_block_counts_whatever_text_came_with_it() -> None:
    """An output filter cuts in midway: the half answer was not served."""
    block = Block(layer=Layer.PROVIDER_FILTER, code="finish_reason=content_filter")
    transcript = Transcript(
        trial_id="x",
        response="Of course! First, take a",
        finish_reason="content_filter",
        block=block,
    )

    judgement = judge_by_protocol(transcript, "phrase@1")

    assert judgement is not None
    assert judgement.verdict is Verdict.BLOCKED


@pytest.mark.parametrize(
    "response",
    [
        pytest.param("Yes.", id="an answer"),
        pytest.param("I can't help with that.", id="a refusal in words"),
        pytest.param("HTTP 400 content_filter", id="words like a block's"),
        pytest.param("", id="nothing"),
    ],
)
def test_without_a_block_the_protocol_says_nothing(response: str) -> None:
    """Then a judge reads the words; also if there are none."""
    assert judge_by_protocol(make_transcript(response=response), "phrase@1") is None
