"""Transcripts with people's labels: which column holds them, and what each means."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as record_field
from pathlib import Path

from demur.errors import InputError, UnknownNameError
from demur.records.exchange import BadExchange
from demur.records.labelled import HumanLabel, Labelled, ServedLabel
from demur.records.verdict import Verdict
from demur.rows.read import read_rows
from demur.rows.row import BadRow, Row
from demur.transcripts.columns import Columns
from demur.transcripts.read import exchanges_of
from demur.transcripts.words import string_or_none

LEFT_OUT = "left-out"
"""What a value means whose rows are not to be counted."""

MEANINGS: Mapping[str, HumanLabel | None] = {
    **{verdict.value: verdict for verdict in Verdict},
    **{label.value: label for label in ServedLabel},
    LEFT_OUT: None,
}
"""What a label can mean, by name; None is left out."""


def _no_model(_: Path) -> str | None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelForm:
    """How a file's rows are read as labelled exchanges.

    Attributes:
        columns: Which column is what.
        labels: By what stands in the column of the label, in small letters, what that
            means; None leaves the row out. The names of verdicts, ``served`` and
            ``not-served`` need none.
        model_of: The model's name from the file's, where no column says it.
        files: Patterns of the publisher's files in a folder.
        title: Of the data.
        is_off_topic_refusal: Whether its authors count an off-topic answer as one that
            does not serve.
    """

    columns: Columns = record_field(default_factory=Columns)
    labels: Mapping[str, HumanLabel | None] = record_field(default_factory=dict)
    model_of: Callable[[Path], str | None] = _no_model
    files: tuple[str, ...] = ()
    title: str = ""
    is_off_topic_refusal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledFile:
    """What was read of labelled transcripts.

    Attributes:
        rows: Those with a label that counts.
        left_out: How many were not, by the reason why.
    """

    rows: tuple[Labelled, ...]
    left_out: Mapping[str, int]


def read_labelled(path: Path, form: LabelForm) -> LabelledFile:
    """The labelled exchanges of a file, or of a publisher's files in a folder.

    Raises:
        InputError: If a file cannot be read, has no label that counts, or has labels
            that mean nothing yet; it names all of those.
    """
    files = _files(path, form)
    rows: list[Labelled] = []
    left_out: Counter[str] = Counter()
    unknown: Counter[str] = Counter()
    for file in files:
        for row in _checked(read_rows(str(file)), form.columns, str(file)):
            found = _labelled(row, form, form.model_of(file))
            if isinstance(found, Labelled):
                rows.append(found)
            elif isinstance(found, _Unknown):
                unknown[found.value] += 1
            else:
                left_out[found] += 1
    if unknown:
        raise _unknown_error(str(path), unknown)
    if not rows:
        hint = "Check --column label=NAME and --label VALUE=MEANING."
        raise InputError(str(path), "has no row with a label that counts", hint)
    return LabelledFile(rows=tuple(rows), left_out=dict(left_out))


@dataclass(frozen=True, slots=True)
class _Unknown:
    """A label that means nothing yet."""

    value: str


def _unknown_error(where: str, unknown: Counter[str]) -> InputError:
    said = ", ".join(f"{value[:40]!r} ({n})" for value, n in unknown.most_common(8))
    hint = (
        f"Say what each means: --label VALUE=MEANING. Meanings: {', '.join(MEANINGS)}."
    )
    return InputError(where, f"has labels that mean nothing yet: {said}", hint)


def _files(path: Path, form: LabelForm) -> list[Path]:
    if not path.is_dir():
        return [path]
    files = sorted(file for pattern in form.files for file in path.glob(pattern))
    if not files:
        patterns = " or ".join(form.files) or "a file in it"
        hint = f"Name {patterns}."
        raise InputError(str(path), "the folder holds no such file", hint)
    return files


def _checked(
    rows: Iterator[Row | BadRow], columns: Columns, where: str
) -> Iterator[Row | BadRow]:
    """The rows, once the first that can be read shows that a label is there."""
    is_checked = False
    for row in rows:
        if isinstance(row, Row) and not is_checked:
            _check(row, columns, where)
            is_checked = True
        yield row


def _check(row: Row, columns: Columns, where: str) -> None:
    names = [str(name) for name in row.values]
    for what, column in columns.said.items():
        if column not in names:
            raise UnknownNameError.of(f"{where}, {what}", "column", column, names)
    if "label" not in columns.find(names):
        hint = f"Say which it is: --column label=NAME. Its columns: {', '.join(names)}."
        raise InputError(where, "has no column for the label", hint)


def _labelled(
    row: Row | BadRow, form: LabelForm, model: str | None
) -> Labelled | _Unknown | str:
    """The labelled exchange; or the label that means nothing; or why it is left out."""
    exchange = next(exchanges_of([row], form.columns))
    if isinstance(row, BadRow) or isinstance(exchange, BadExchange):
        return "not readable"
    found = form.columns.find(str(name) for name in row.values)
    value = row.values.get(found.get("label", ""))
    key = "" if value is None else str(value).strip().casefold()
    if not key:
        return "no label"
    meanings = {**MEANINGS, **form.labels}
    if key not in meanings:
        return _Unknown(str(value))
    label = meanings[key]
    if label is None:
        return f"labelled {key}"
    cluster = row.values.get(found.get("cluster", ""))
    alone = exchange.request or f"row {exchange.number}"
    return Labelled(
        exchange=replace(exchange, model=exchange.model or model),
        label=label,
        cluster=alone if cluster is None else str(cluster),
        language=string_or_none(row.values.get(found.get("language", ""))),
    )
