"""Who was asked what, when and how, and what it took."""

from collections.abc import Iterator, Sequence

import numpy as np

from demur.records.outcome import Outcome
from demur.records.prices import Prices
from demur.records.run import RunHeader
from demur.records.transcript import Transcript
from demur.reports.document import Facts

_PRICES = ("price_in", "price_out")


def run_facts(header: RunHeader, outcomes: Sequence[Outcome], judge: str) -> Facts:
    """What identifies a run, how it was asked, and what that took."""
    answers = [o.transcript for o in outcomes if o.transcript is not None]
    facts = (
        ("run", f"{header.id}, started {header.started}"),
        ("target", header.target),
        *_settings(header),
        ("suite", f"{header.suite} ({header.suite_digest[:12]}), seed {header.seed}"),
        ("trials", _trials(outcomes, answers, judge)),
        *_effort(header, answers),
        ("versions", ", ".join(f"{k} {v}" for k, v in header.versions.items())),
    )
    return Facts(facts=facts)


def _settings(header: RunHeader) -> list[tuple[str, str]]:
    hidden = {"model"} if header.settings.get("model", "") in header.target else set()
    return [
        (f"  {key.replace('_', ' ')}", value)
        for key, value in header.settings.items()
        if key not in hidden
    ]


def _trials(
    outcomes: Sequence[Outcome], answers: Sequence[Transcript], judge: str
) -> str:
    judged = sum(o.judgement is not None for o in outcomes)
    failed = sum(o.missing == "failed" for o in outcomes)
    cut = sum(answer.is_truncated for answer in answers)
    return (
        f"{len(outcomes)}: {len(answers)} with a transcript, {failed} failed, "
        f"{judged} judged by {judge}"
        + (f"; {cut} cut off at the limit on tokens" if cut else "")
    )


def _effort(
    header: RunHeader, answers: Sequence[Transcript]
) -> Iterator[tuple[str, str]]:
    """Tokens, cost, time and waits: what is known of them."""
    counted = [
        (answer.prompt_tokens, answer.completion_tokens)
        for answer in answers
        if answer.prompt_tokens is not None and answer.completion_tokens is not None
    ]
    if not counted:
        yield "tokens", "not reported"
    else:
        read, written = (sum(column) for column in zip(*counted, strict=True))
        of = "" if len(counted) == len(answers) else f", of {len(counted)} answers"
        yield "tokens", f"{read:,} read, {written:,} written{of}"
        if all(name in header.settings for name in _PRICES):
            each = (float(header.settings[name]) for name in _PRICES)
            prices = Prices(read=next(each), written=next(each))
            yield "cost", f"{prices.cost(read, written):.4f}{of}"
    seconds = [a.seconds - a.waited_seconds for a in answers if a.seconds > 0]
    if seconds and max(seconds) >= 0.01:
        half, most = np.quantile(seconds, [0.5, 0.95])
        yield "time", f"{half:.2f} s an answer (median), 95 % within {most:.2f} s"
    retries = sum(answer.retries for answer in answers)
    waited = sum(answer.waited_seconds for answer in answers)
    if retries or waited >= 1:
        yield "retries", f"{retries}; {waited:.0f} s waited for limits and retries"
