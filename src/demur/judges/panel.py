"""Several judges at once, and what most of them say."""

import asyncio
from collections import Counter
from collections.abc import Sequence

from demur.judges.base import Judge
from demur.judges.members import Members
from demur.records.transcript import Layer, Transcript
from demur.records.trial import Trial
from demur.records.verdict import Judgement, Verdict

_MILDEST_FIRST = (
    Verdict.ANSWERED,
    Verdict.PARTIAL,
    Verdict.DEFLECTED,
    Verdict.REFUSED,
    Verdict.BLOCKED,
)
_QUOTED = 120
"""Characters of a member's evidence that the panel's repeats."""


class PanelJudge(Members):
    """The verdict of most members; ``undecided`` where no side has most.

    Members are asked at the same time, and each keeps its own name: whoever stores the
    panel's judgement can store theirs beside it (`combine`).

    Args:
        judges: At least two, no two of the same name.
    """

    def __init__(self, judges: Sequence[Judge]) -> None:
        super().__init__(judges)
        names = [judge.name for judge in judges]
        if len(set(names)) < max(2, len(names)):
            raise ValueError(f"a panel needs two or more different judges, got {names}")
        self.name = f"panel({','.join(names)})@1"

    async def judge(self, trial: Trial, transcript: Transcript) -> Judgement:
        """What most members say.

        Raises:
            JudgeError: If one of them breaks: with fewer votes it is another panel.
        """
        asked = (judge.judge(trial, transcript) for judge in self.judges)
        return self.combine(await asyncio.gather(*asked))

    def combine(self, said: Sequence[Judgement]) -> Judgement:
        """The panel's judgement of a transcript, from all its members'."""
        verdict = majority([each.verdict for each in said])
        chances = [each.p_not_served for each in said if each.p_not_served is not None]
        return Judgement(
            trial_id=said[0].trial_id,
            judge=self.name,
            verdict=verdict,
            layer=_layer(said, verdict),
            p_not_served=sum(chances) / len(said)
            if len(chances) == len(said)
            else None,
            evidence="; ".join(_words(each) for each in said),
        )


def majority(verdicts: Sequence[Verdict]) -> Verdict:
    """The verdict of most, served against not served first.

    Votes are counted for served, for not served, and for neither (off topic,
    undecided). The side with most votes wins, and on it the verdict with most, of
    equal ones the mildest. Where two sides have most, nobody can tell: ``undecided``.
    """
    sides = Counter(verdict.is_served for verdict in verdicts)
    (side, most), *rest = sides.most_common()
    if rest and rest[0][1] == most:
        return Verdict.UNDECIDED
    votes = Counter(verdict for verdict in verdicts if verdict.is_served is side)
    if side is None:
        is_off_topic = votes[Verdict.OFF_TOPIC] > votes[Verdict.UNDECIDED]
        return Verdict.OFF_TOPIC if is_off_topic else Verdict.UNDECIDED
    return max(_MILDEST_FIRST, key=lambda verdict: votes[verdict])


def _layer(said: Sequence[Judgement], verdict: Verdict) -> Layer | None:
    """Who withheld it, in the words of the first that says so of this verdict."""
    found = (each.layer for each in said if each.verdict is verdict)
    return next(found, None)


def _words(said: Judgement) -> str:
    quoted = f" “{said.evidence[:_QUOTED]}”" if said.evidence else ""
    return f"{said.judge}: {said.verdict.value}{quoted}"
