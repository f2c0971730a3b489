"""Tests of demur.flows.label_names."""

from pathlib import Path

import pytest

from demur.errors import InputError, UnknownNameError
from demur.flows.label_names import find_labelled
from demur.records.labelled import ServedLabel
from demur.transcripts.columns import Columns


def test_what_the_user_says_comes_before_the_preset(tmp_path: Path) -> None:
    """A fork of a data set may have other columns and labels."""
    _, form = find_labelled(
        f"pyrit:{tmp_path}",
        Columns(said={"response": "said"}),
        {"0": ServedLabel.NOT_SERVED},
    )

    assert form.columns.said["response"] == "said"
    assert form.columns.said["request"] == "objective"
    assert form.labels["0"] is ServedLabel.NOT_SERVED
    assert form.labels["1"] is ServedLabel.NOT_SERVED


def test_a_file_whose_name_has_a_colon_is_a_file(tmp_path: Path) -> None:
    """Times stand in the names of logs."""
    file = tmp_path / "12:30.csv"
    file.touch()

    path, _ = find_labelled(str(file), Columns(), {})

    assert path == file


@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [
        ("no.csv", InputError, "no such file"),
        ("pyrit:no", InputError, "no such file"),
        ("pyrite:no", UnknownNameError, "Did you mean 'pyrit:PATH'?"),
    ],
)
def test_what_is_not_there_is_said(
    name: str, kind: type[InputError], said: str
) -> None:
    """And the nearest data set is named."""
    with pytest.raises(kind) as caught:
        find_labelled(name, Columns(), {})

    assert said in str(caught.value)
