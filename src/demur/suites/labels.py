"""A second person's labels of a suite, given blind: files beside the suite's own."""

import csv
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from demur.errors import InputError
from demur.records.case import Expectation
from demur.records.label import Label
from demur.records.suite import Suite
from demur.records.trial import Trial

FOLDER = "labels"
"""Where in a suite's folder the rounds of labelling lie."""

COLUMNS = ("trial", "words", "first", "second")


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One round of labelling.

    Attributes:
        name: Of its file.
        labels: In the order of the file.
    """

    name: str
    labels: tuple[Label, ...]

    def stale(self, suite: Suite) -> int:
        """How many labels are of other words, or another expectation, than now."""
        now = {
            name_of(trial): (words_digest(trial), trial.expected.expectation)
            for trial in suite.trials()
        }
        return sum(
            now.get(label.trial) != (label.words, label.first) for label in self.labels
        )

    def unlabelled(self, suite: Suite) -> tuple[str, ...]:
        """Trials that nobody labelled in this round, plain twins aside."""
        known = {label.trial for label in self.labels}
        asked = [name_of(t) for t in suite.trials() if not t.is_plain]
        return tuple(name for name in asked if name not in known)


def name_of(trial: Trial) -> str:
    """``case@context``: a trial whatever its sample."""
    return trial.id.rpartition("#")[0]


def words_digest(trial: Trial) -> str:
    """Of all that a labeller sees: 12 hexadecimal digits."""
    deployment = trial.context.deployment
    seen = [turn.role + ": " + turn.content for turn in trial.turns]
    if deployment is not None:
        seen += [deployment.audience, deployment.policy, deployment.system]
    return hashlib.sha256("\0".join(seen).encode()).hexdigest()[:12]


def read_rounds(folder: Path) -> tuple[Round, ...]:
    """The rounds of a suite's folder, by name; none where it has no labels.

    Raises:
        InputError: If a file is not as `COLUMNS` says.
    """
    files = sorted((folder / FOLDER).glob("*.csv")) if folder.is_dir() else []
    return tuple(Round(name=file.stem, labels=_read(file)) for file in files)


def _read(file: Path) -> tuple[Label, ...]:
    with file.open(encoding="utf-8", newline="") as text:
        reader = csv.DictReader(text)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            hint = f"Its columns are {', '.join(COLUMNS)}."
            raise InputError(str(file), "is no file of labels", hint)
        return tuple(_label(row, file, reader.line_num) for row in reader)


def _label(row: dict[str, str], file: Path, line: int) -> Label:
    try:
        return Label(
            trial=row["trial"],
            words=row["words"],
            first=Expectation(row["first"]),
            second=Expectation(row["second"]),
        )
    except (ValueError, TypeError) as error:
        hint = "Both labels are answer, care or refuse."
        raise InputError(f"{file}:{line}", str(error), hint) from error


def write_round(file: Path, labels: Sequence[Label]) -> None:
    """Write a round for `read_rounds`."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows((d.trial, d.words, d.first, d.second) for d in labels)
