"""Read people's labels of a run's responses from a file, and match them."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from demur.errors import InputError
from demur.flows.sample_labels import response_digest
from demur.measures.corrected_rate import Called, called
from demur.records.human_label import HumanLabel, HumanLabels
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


class _FaultError(Exception):
    """What is wrong with one row, and what to do."""


@dataclass(frozen=True, slots=True)
class _Marked:
    """A row that was read: whose label it is, if any."""

    trial_id: str
    word: str
    probability: float


def read_labels(path: str, outcomes: Sequence[Outcome]) -> HumanLabels:
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
        try:
            marked = _marked(row, by_trial, seen)
        except _FaultError as fault:
            faults.append(f"{path}:{row.number}: {fault}")
            continue
        rows.append(marked)
    if faults:
        raise _error(faults)
    return _labels(path, rows)


def _labels(path: str, rows: Sequence[_Marked]) -> HumanLabels:
    drawn = Counter(row.probability for row in rows)
    told = Counter(row.probability for row in rows if row.word)
    if not told:
        hint = "Fill in the column label: " + ", ".join(WORDS) + "."
        raise InputError(path, "holds no label", hint)
    return HumanLabels(
        source=path,
        labels=tuple(
            HumanLabel(
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
) -> _Marked:
    if isinstance(row, BadRow):
        raise _FaultError(row.problem)
    trial_id = _text(row, "trial").removeprefix("'")
    outcome = by_trial.get(trial_id)
    if outcome is None:
        raise _FaultError(f"the run has no trial {trial_id!r}")
    if trial_id in seen:
        raise _FaultError(f"trial {trial_id!r} stands here a second time")
    seen.add(trial_id)
    _check_response(row, outcome)
    return _Marked(trial_id, _word(row), _probability(row))


def _text(row: Row, name: str) -> str:
    value = row.values.get(name)
    return "" if value is None else str(value).strip()


def _check_response(row: Row, outcome: Outcome) -> None:
    trial_id = outcome.trial.id
    if called(outcome) in {None, Called.BLOCKED}:
        raise _FaultError(f"trial {trial_id!r} has no response to label in this run")
    digest = _text(row, "digest")
    if digest and digest != response_digest(outcome):
        raise _FaultError(
            f"trial {trial_id!r} has another response in this run than was labelled"
        )


def _word(row: Row) -> str:
    word = " ".join(_text(row, "label").lower().replace("_", " ").split())
    if word and word not in WORDS:
        near = get_close_matches(word, list(WORDS), n=1)
        guess = f"did you mean {near[0]!r}? " if near else ""
        known = ", ".join(WORDS)
        raise _FaultError(f"unknown label {word[:40]!r}: {guess}Known: {known}")
    return word


def _probability(row: Row) -> float:
    text = _text(row, "probability")
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number <= 1:
        raise _FaultError(
            f"probability must be in (0, 1], with a decimal point, got {text[:20]!r}"
        )
    return number


def _error(faults: Sequence[str]) -> InputError:
    where, _, problem = faults[0].partition(": ")
    return InputError(where, problem, "\n".join(_more(faults[1:])))


def _more(faults: Sequence[str]) -> Iterator[str]:
    yield from faults[:_SHOWN]
    if len(faults) > _SHOWN:
        yield f"… and {len(faults) - _SHOWN} more"
    yield "Labels are of one run: name the run whose responses were labelled."
