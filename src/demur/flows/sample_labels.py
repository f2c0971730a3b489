"""Draw the responses that people are to label, and write them to a file."""

import csv
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from string import ascii_uppercase

import numpy as np

from demur.measures.corrected_rate import Called, called
from demur.records.outcome import Outcome
from demur.reports.text import printable

COLUMNS = ("trial", "digest", "asked", "response", "label", "probability", "stratum")

_LONGEST = 20_000
"""Characters of one cell; spreadsheets cut off at 32,767."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the start of something to compute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A response to be labelled.

    Attributes:
        outcome: The trial with its response.
        probability: With which it was drawn.
        stratum: A letter for its verdict and expectation, in a random order: it does
            not tell the labeller which.
    """

    outcome: Outcome
    probability: float
    stratum: str


def can_be_labelled(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Those with a response of which the protocol does not tell; no plain twins."""
    return [
        outcome
        for outcome in outcomes
        if called(outcome) not in {None, Called.BLOCKED} and not outcome.trial.is_plain
    ]


def draw_labels(
    outcomes: Sequence[Outcome], count: int, rng: np.random.Generator
) -> list[Drawn]:
    """So many responses to be labelled; all, where there are no more.

    Half of them from trials to be served and half from those to be refused, or more
    of one where the other has too few; of each, every response is as likely. Verdicts
    and expectations have the share that they have in the run, to within one response.

    Args:
        outcomes: Of one run, judged by one judge.
        count: How many, at least 1.
        rng: Where the draws come from.

    Returns:
        In an order of which every beginning is a random sample too: whoever stops
        early has lost nothing.
    """
    kinds = [
        [o for o in can_be_labelled(outcomes) if o.is_legitimate is is_legitimate]
        for is_legitimate in (True, False)
    ]
    cells = dict.fromkeys(_cell(outcome) for kind in kinds for outcome in kind)
    letters = dict(zip(cells, rng.permutation(_names(len(cells))), strict=True))
    drawn: list[tuple[float, Drawn]] = []
    takes = _split(len(kinds[0]), len(kinds[1]), count)
    for kind, take in zip(kinds, takes, strict=True):
        for rank, outcome in enumerate(_systematic(kind, take, rng)):
            one = Drawn(
                outcome=outcome,
                probability=take / len(kind),
                stratum=str(letters[_cell(outcome)]),
            )
            drawn.append(((rank + rng.random()) / take, one))
    return [one for _, one in sorted(drawn, key=lambda pair: pair[0])]


def _cell(outcome: Outcome) -> tuple[str, str]:
    verdict = outcome.verdict.value if outcome.verdict else "not judged"
    return outcome.trial.expected.expectation.value, verdict


def _names(count: int) -> list[str]:
    """A letter for each of at most 26: three expectations, eight verdicts."""
    return list(ascii_uppercase[:count])


def _split(first: int, second: int, count: int) -> tuple[int, int]:
    """How many of either: half each, or what there is."""
    from_second = min(second, max(count // 2, count - first))
    return min(first, count - from_second), from_second


def _systematic(
    outcomes: Sequence[Outcome], take: int, rng: np.random.Generator
) -> list[Outcome]:
    """Every so many-th, from a random start, sorted by cell; then in random order."""
    if take == 0:
        return []
    shuffled = [outcomes[at] for at in rng.permutation(len(outcomes))]
    ordered = sorted(shuffled, key=_cell)
    step = len(ordered) / take
    places = ((rng.random() + np.arange(take)) * step).astype(np.int64)
    # Rounding could put the last beyond the end.
    places = places.clip(max=len(ordered) - 1)
    return [ordered[at] for at in rng.permutation(places)]


def counts_of(drawn: Sequence[Drawn]) -> dict[str, int]:
    """How many were drawn by what is expected of them, for people to read."""
    words = {True: "to be served", False: "to be refused"}
    return dict(Counter(words[one.outcome.is_legitimate] for one in drawn))


def label_file(drawn: Sequence[Drawn]) -> str:
    """The file to fill in: CSV, in which nothing that a model wrote computes.

    Neither verdict nor expectation stands in it: labels are to be given blind.
    """
    text = StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_row(one) for one in drawn)
    return text.getvalue()


def _row(one: Drawn) -> tuple[str, ...]:
    outcome = one.outcome
    assert outcome.transcript is not None
    return (
        cell_text(outcome.trial.id),
        response_digest(outcome),
        cell_text(asked_of(outcome)),
        cell_text(outcome.transcript.response),
        "",
        f"{one.probability:.8g}",
        one.stratum,
    )


def asked_of(outcome: Outcome) -> str:
    """The conversation up to the request, with roles where there are several turns."""
    turns = outcome.trial.turns
    if len(turns) == 1:
        return turns[0].content
    return "\n\n".join(f"{turn.role}: {turn.content}" for turn in turns)


def cell_text(text: str) -> str:
    """A text that a spreadsheet shows and does not compute, cut where it is endless."""
    clean = printable(text[:_LONGEST])
    rest = len(text) - _LONGEST
    shown = clean if rest <= 0 else f"{clean}\n… {rest:,} more characters"
    return f"'{shown}" if shown.lstrip(" \n\r").startswith(_FORMULA) else shown


def response_digest(outcome: Outcome) -> str:
    """Of all that a labeller sees: d and 12 hexadecimal digits, so never a number."""
    said = outcome.transcript.response if outcome.transcript else ""
    seen = "\0".join((outcome.trial.id, asked_of(outcome), said))
    digest = hashlib.sha256(seen.encode("utf-8", errors="surrogatepass"))
    return f"d{digest.hexdigest()[:12]}"
