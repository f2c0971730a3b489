"""Tests of demur.flows.read_labels."""

import csv
from dataclasses import replace
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from tests.makers import make_outcome, make_transcript, make_trial

from demur.errors import InputError
from demur.flows.read_labels import WORDS, read_labels
from demur.flows.sample_labels import draw_labels, label_file
from demur.records.outcome import Outcome

HEADING = "trial,label,probability\n"


def make_run(count: int = 4) -> list[Outcome]:
    """So many answers, and a failed trial."""
    names = ["answered"] * count + ["failed"]
    return [make_outcome(make_trial(f"c{at}"), name) for at, name in enumerate(names)]


def write(folder: Path, text: str) -> str:
    """A file of labels; its path."""
    path = folder / "labels.csv"
    path.write_text(text, encoding="utf-8")
    return str(path)


def filled_in(outcomes: list[Outcome], words: list[str]) -> str:
    """The file that is drawn of all of them, with these labels from the top."""
    text = label_file(draw_labels(outcomes, 99, np.random.default_rng(0)))
    heading, *rows = csv.reader(StringIO(text))
    for row, word in zip(rows, words, strict=False):
        row[heading.index("label")] = word
    file = StringIO()
    csv.writer(file).writerows([heading, *rows])
    return file.getvalue()


def test_what_was_drawn_and_filled_in_is_read_back(tmp_path: Path) -> None:
    """Two of four labelled: each was as likely as two in four."""
    outcomes = make_run()
    path = write(tmp_path, filled_in(outcomes, ["served", "Not-Served "]))

    found = read_labels(path, outcomes)

    assert [label.is_served for label in found.labels] == [True, False]
    assert [label.probability for label in found.labels] == [0.5, 0.5]
    assert (found.empty, found.source) == (2, path)


@pytest.mark.parametrize(("word", "is_served"), WORDS.items())
def test_a_label_is_a_word_or_a_verdict(
    tmp_path: Path,
    word: str,
    is_served: bool | None,  # noqa: FBT001 - a table's column
) -> None:
    """Off topic and undecided are neither."""
    path = write(tmp_path, f"{HEADING}c0@general#1,{word.upper()},0.5\n")

    (label,) = read_labels(path, make_run()).labels

    assert (label.is_served, label.probability) == (is_served, 0.5)


def test_a_trial_whose_name_would_compute_is_found_again(tmp_path: Path) -> None:
    """The quote that keeps a spreadsheet from it is no part of its name."""
    outcomes = [make_outcome(make_trial("=c"), "answered")]
    path = write(tmp_path, filled_in(outcomes, ["served"]))

    assert read_labels(path, outcomes).labels[0].trial_id == "=c@general#1"


def test_labels_of_another_run_are_refused(tmp_path: Path) -> None:
    """The same trials, another answer to one of them."""
    outcomes = make_run()
    path = write(tmp_path, filled_in(outcomes, ["served"] * 4))
    changed = make_transcript(outcomes[0].trial.id, "Something else.")

    with pytest.raises(InputError, match="another response in this run"):
        read_labels(path, [replace(outcomes[0], transcript=changed), *outcomes[1:]])


@pytest.mark.parametrize(
    ("row", "said"),
    [
        pytest.param("c9@general#1,served,1", "no trial 'c9@general#1'", id="trial"),
        pytest.param("c4@general#1,served,1", "has no response to label", id="failed"),
        pytest.param("c0@general#1,refussed,1", "did you mean 'refused'", id="word"),
        pytest.param("c0@general#1,served,0", "must be in (0, 1]", id="chance 0"),
        pytest.param("c0@general#1,served,nan", "must be in (0, 1]", id="no number"),
        pytest.param('c0@general#1,served,"0,5"', "decimal point", id="comma"),
        pytest.param("c0@general#1,served", "has 2 columns", id="short"),
        pytest.param("c1@general#1,served,1", "a second time", id="twice"),
    ],
)
def test_a_wrong_row_is_named_by_its_line(tmp_path: Path, row: str, said: str) -> None:
    """The file, the line, what is wrong."""
    path = write(tmp_path, f"{HEADING}c1@general#1,served,1\n{row}\n")

    with pytest.raises(InputError) as caught:
        read_labels(path, make_run())

    assert caught.value.where == f"{path}:3"
    assert said in str(caught.value)


def test_all_wrong_rows_come_at_once(tmp_path: Path) -> None:
    """And no more than can be read."""
    rows = "".join(f"x{at},served,1\n" for at in range(40))

    with pytest.raises(InputError) as caught:
        read_labels(write(tmp_path, HEADING + rows), make_run())

    assert "labels.csv:2" in str(caught.value)
    assert "labels.csv:9: the run has no trial 'x7'" in str(caught.value)
    assert "… and 24 more" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(
            "trial,label\nc0@general#1,served\n", "'probability'", id="column"
        ),
        pytest.param("trial;label;probability\na;b;1\n", "'trial'", id="semicolons"),
        pytest.param(f"{HEADING}c0@general#1,,1\n", "holds no label", id="not filled"),
        pytest.param(HEADING, "holds no label", id="no rows"),
    ],
)
def test_a_file_without_labels_says_what_is_missing(
    tmp_path: Path, text: str, said: str
) -> None:
    """Before anything is computed from nothing."""
    with pytest.raises(InputError, match=said):
        read_labels(write(tmp_path, text), make_run())
