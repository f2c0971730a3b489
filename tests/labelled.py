"""Labelled responses with judgements in few letters, for tests about judges."""

from collections.abc import Sequence

from demur.records.exchange import Exchange
from demur.records.labelled import (
    HumanLabel,
    Labelled,
    LabelledJudgement,
    ServedLabel,
)
from demur.records.verdict import Judgement, Verdict

LABELS: dict[str, HumanLabel] = {
    "s": ServedLabel.SERVED,
    "n": ServedLabel.NOT_SERVED,
    "a": Verdict.ANSWERED,
    "p": Verdict.PARTIAL,
    "d": Verdict.DEFLECTED,
    "r": Verdict.REFUSED,
    "o": Verdict.OFF_TOPIC,
    "u": Verdict.UNDECIDED,
}
"""A letter for each label; ``s`` and ``n`` are no verdicts. ``x`` is a broken judge."""


def pair(
    letters: str,
    number: int = 1,
    *,
    cluster: str | None = None,
    chance: float | None = None,
    model: str | None = None,
    language: str | None = None,
    judged_language: str | None = None,
) -> LabelledJudgement:
    """``rn``-like: the label and then the verdict; each its own cluster by default."""
    label, verdict = letters[0], letters[1]
    request = f"request {number}"
    labelled = Labelled(
        exchange=Exchange(
            number=number, id=number, request=request, response="x", model=model
        ),
        label=LABELS[label],
        cluster=cluster or request,
        language=language,
    )
    if verdict == "x":
        return LabelledJudgement(labelled=labelled, judgement=None)
    judgement = Judgement(
        trial_id=labelled.exchange.trial.id,
        judge="judge@1",
        verdict=Verdict(LABELS[verdict]),
        p_not_served=chance,
        language=judged_language,
    )
    return LabelledJudgement(labelled=labelled, judgement=judgement)


def pairs(words: str, clusters: Sequence[str] = ()) -> list[LabelledJudgement]:
    """A pair for each word; their clusters in order, or each its own."""
    return [
        pair(word, number, cluster=clusters[number - 1] if clusters else None)
        for number, word in enumerate(words.split(), start=1)
    ]
