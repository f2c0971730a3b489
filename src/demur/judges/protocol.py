"""What the protocol itself says of a transcript, before any judge reads its words."""

from demur.records.transcript import Transcript
from demur.records.verdict import Judgement, Verdict


def judge_by_protocol(transcript: Transcript, judge: str) -> Judgement | None:
    """``blocked``, with its layer, where the protocol reports a block; else None.

    Args:
        transcript: What came back.
        judge: Name of the judge on whose behalf this is settled.
    """
    block = transcript.block
    if block is None:
        return None
    side = f" ({block.side})" if block.side else ""
    detail = f": {block.detail}" if block.detail else ""
    return Judgement(
        trial_id=transcript.trial_id,
        judge=judge,
        verdict=Verdict.BLOCKED,
        layer=block.layer,
        evidence=f"{block.code}{side}{detail}",
    )
