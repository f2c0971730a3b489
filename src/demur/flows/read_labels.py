"""Read people's labels of a run's responses from a file, and match them."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from demur.errors import InputError
from demur.flows.sample_labels import response_digest
from demur.measures.corrected_rate import Called, called
from demur.records.drawn_label import DrawnLabel, DrawnLabels
from demur.records.outcome import Outcome
from demur.records.verdict import Verdict
from demur.rows.read import read_rows
from demur.rows.row import BadRow, Row

NEEDED = ("trial", "label", "probability")

WORDS: dict[str, bool | None] = {
    "served": True,
    "not served": False,
    **{verdict.value.replace("_", " "): verdict.is_served for verdict in Verdict},
}
"""What may stand as a label, and whether the request was served then."""

_SHOWN = 15
"""Faults listed; more would hide their sense."""

_NO_FILE = (
    f"It needs the columns {', '.join(NEEDED)}, separated by commas, as "
    "`demur sample-labels` writes them."
)


@dataclass(frozen=True, slots=True)
class _Marked:
    """A row that was read: whose label it is, if any."""

    trial_id: str
    word: str
    probability: float


def read_labels(path: str, outcomes: Sequence[Outcome]) -> DrawnLabels:
    """The labels of a file, each of a response of this run.

    Rows without a label are counted, and the probabilities of the labelled ones of
    the same probability lowered by that share: so are those whom nobody came to.

    Args:
        path: A table with the columns `NEEDED`, as `label_file` gives it; where it
            has a ``digest``, it has to be that of the response.
        outcomes: Of the run.

    Raises:
        InputError: If it cannot be read, or holds no label, or a row is wrong: all
            such rows at once, each with its line.
    """
    by_trial = {outcome.trial.id: outcome for outcome in outcomes}
    rows: list[_Marked] = []
    faults: list[str] = []
    seen: set[str] = set()
    for row in read_rows(path):
        _check_columns(path, row)
        marked = _marked(row, by_trial, seen)
        if isinstance(marked, str):
            faults.append(f"{path}:{row.number}: {marked}")
        else:
            rows.append(marked)
    if faults:
        raise _error(faults)
    return _labels(path, rows)


def _labels(path: str, rows: Sequence[_Marked]) -> DrawnLabels:
    drawn = Counter(row.probability for row in rows)
    told = Counter(row.probability for row in rows if row.word)
    if not told:
        hint = "Fill in the column label: " + ", ".join(WORDS) + "."
        raise InputError(path, "holds no label", hint)
    return DrawnLabels(
        source=path,
        labels=tuple(
            DrawnLabel(
                trial_id=row.trial_id,
                is_served=WORDS[row.word],
                probability=row.probability
                * (told[row.probability] / drawn[row.probability]),
            )
            for row in rows
            if row.word
        ),
        empty=sum(not row.word for row in rows),
    )


def _check_columns(path: str, row: Row | BadRow) -> None:
    missing = [
        name for name in NEEDED if isinstance(row, Row) and name not in row.values
    ]
    if missing:
        raise InputError(path, f"has no column {missing[0]!r}", _NO_FILE)


def _marked(
    row: Row | BadRow, by_trial: Mapping[str, Outcome], seen: set[str]
) -> _Marked | str:
    """What a row says; or what is wrong with it."""
    if isinstance(row, BadRow):
        return row.problem
    trial_id = _text(row, "trial").removeprefix("'")
    word = " ".join(re.split(r"[\s_-]+", _text(row, "label").lower())).strip()
    probability = _probability(row)
    fault = _wrong_trial(trial_id, row, by_trial, seen) or _wrong_word(word)
    if fault:
        return fault
    if probability is None:
        got = _text(row, "probability")[:20]
        return f"probability must be in (0, 1], with a decimal point, got {got!r}"
    seen.add(trial_id)
    return _Marked(trial_id, word, probability)


def _text(row: Row, name: str) -> str:
    value = row.values.get(name)
    return "" if value is None else str(value).strip()


def _wrong_trial(
    trial_id: str, row: Row, by_trial: Mapping[str, Outcome], seen: set[str]
) -> str:
    outcome = by_trial.get(trial_id)
    if outcome is None:
        return f"the run has no trial {trial_id!r}"
    if trial_id in seen:
        return f"trial {trial_id!r} stands here a second time"
    if called(outcome) in {None, Called.BLOCKED}:
        return f"trial {trial_id!r} has no response to label in this run"
    if _text(row, "digest") not in {"", response_digest(outcome)}:
        return f"trial {trial_id!r} has another response in this run than was labelled"
    return ""


def _wrong_word(word: str) -> str:
    if not word or word in WORDS:
        return ""
    near = get_close_matches(word, list(WORDS), n=1)
    guess = f"did you mean {near[0]!r}? " if near else ""
    return f"unknown label {word[:40]!r}: {guess}Known: {', '.join(WORDS)}"


def _probability(row: Row) -> float | None:
    try:
        number = float(_text(row, "probability"))
    except ValueError:
        return None
    return number if 0 < number <= 1 else None


def _error(faults: Sequence[str]) -> InputError:
    where, _, problem = faults[0].partition(": ")
    return InputError(where, problem, "\n".join(_more(faults[1:])))


def _more(faults: Sequence[str]) -> Iterator[str]:
    yield from faults[:_SHOWN]
    if len(faults) > _SHOWN:
        yield f"… and {len(faults) - _SHOWN} more"
    yield "Labels are of one run: name the run whose responses were labelled."
