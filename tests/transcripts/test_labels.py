"""Tests of demur.transcripts.labels."""

from pathlib import Path

import pytest

from demur.errors import InputError
from demur.records.labelled import HumanLabel, ServedLabel
from demur.records.verdict import Verdict
from demur.transcripts.columns import Columns
from demur.transcripts.labels import LabelForm, LabelledFile, read_labelled


def read(folder: Path, content: str, form: LabelForm | None = None) -> LabelledFile:
    """The labelled rows of a CSV file with this content."""
    file = folder / "t.csv"
    file.write_text(content, encoding="utf-8")
    return read_labelled(file, form or LabelForm())


@pytest.mark.parametrize(
    ("word", "label"),
    [
        *((verdict.value, verdict) for verdict in Verdict),
        ("served", ServedLabel.SERVED),
        ("not-served", ServedLabel.NOT_SERVED),
        (" Refused ", Verdict.REFUSED),
    ],
)
def test_the_words_of_the_glossary_need_no_meaning(
    tmp_path: Path, word: str, label: HumanLabel
) -> None:
    """In small letters or capital ones, with blanks around."""
    found = read(tmp_path, f"request,response,label\nWhy?,So.,{word}\n")

    assert [row.label for row in found.rows] == [label]


def test_labels_mean_what_the_user_says(tmp_path: Path) -> None:
    """And those that are left out are counted by name."""
    form = LabelForm(
        columns=Columns(said={"label": "mark"}),
        labels={"1": ServedLabel.NOT_SERVED, "0": ServedLabel.SERVED, "?": None},
    )

    found = read(tmp_path, "request,response,mark\na,x,1\nb,x,0\nc,x,?\nd,x,?\n", form)

    assert [row.is_served for row in found.rows] == [False, True]
    assert found.left_out == {"labelled ?": 2}


def test_labels_that_mean_nothing_are_all_named(tmp_path: Path) -> None:
    """Rows must not vanish in silence; one call is enough to mend it."""
    content = "request,response,label\na,x,good\nb,x,bad\nc,x,good\nd,x,refused\n"

    with pytest.raises(InputError) as caught:
        read(tmp_path, content)

    assert "'good' (2), 'bad' (1)" in caught.value.problem
    assert "--label VALUE=MEANING" in caught.value.hint


def test_rows_without_label_or_response_are_counted(tmp_path: Path) -> None:
    """A file half labelled is measured on the labelled half."""
    file = tmp_path / "t.jsonl"
    file.write_text(
        '{"request": "a", "response": "x", "label": "refused"}\n'
        '{"request": "b", "response": "x", "label": ""}\n'
        '{"request": "c", "response": "x", "label": null}\n'
        '{"request": "d", "response": null, "label": "refused"}\n'
        "nonsense\n",
        encoding="utf-8",
    )

    found = read_labelled(file, LabelForm())

    assert len(found.rows) == 1
    assert found.left_out == {"no label": 2, "not readable": 2}


def test_a_cluster_is_the_request_or_what_its_column_says(tmp_path: Path) -> None:
    """Responses to one request are not independent."""
    same = read(tmp_path, "request,response,label\na,x,refused\na,y,refused\n")
    said = read(
        tmp_path,
        "request,response,label,cluster\na,x,refused,1\nb,y,refused,1\na,y,refused,2\n",
    )

    assert [row.cluster for row in same.rows] == ["a", "a"]
    assert [row.cluster for row in said.rows] == ["1", "1", "2"]


def test_responses_without_a_request_are_no_cluster(tmp_path: Path) -> None:
    """Nothing says that they belong together."""
    found = read(tmp_path, "request,response,label\n,x,refused\n,y,refused\n")

    assert len({row.cluster for row in found.rows}) == 2


def test_model_and_language_are_read(tmp_path: Path) -> None:
    """For the tables by each."""
    content = "request,response,label,model,lang\na,x,refused,m-1,ko\nb,x,refused,,\n"

    found = read(tmp_path, content)

    assert [(row.exchange.model, row.language) for row in found.rows] == [
        ("m-1", "ko"),
        (None, None),
    ]


@pytest.mark.parametrize(
    ("content", "said", "problem"),
    [
        pytest.param(
            "request,response\na,b\n", {}, "has no column for the label", id="no label"
        ),
        pytest.param(
            "request,response,label\na,b,refused\n",
            {"label": "lable"},
            "Did you mean 'label'?",
            id="misspelt",
        ),
        pytest.param(
            "request,response,label\na,b,\n", {}, "no row with a label", id="none"
        ),
        pytest.param("request,response,label\n", {}, "no row with a label", id="empty"),
    ],
)
def test_a_file_without_labels_is_an_error(
    tmp_path: Path, content: str, said: dict[str, str], problem: str
) -> None:
    """It says which column is missing, or that no row counts."""
    with pytest.raises(InputError, match=problem.replace("?", r"\?")):
        read(tmp_path, content, LabelForm(columns=Columns(said=said)))


def test_a_folder_without_the_publishers_files_is_an_error(tmp_path: Path) -> None:
    """It says what the files are called."""
    with pytest.raises(InputError, match="the folder holds no such file") as caught:
        read_labelled(tmp_path, LabelForm(files=("completions_*.csv",)))

    assert "completions_*.csv" in caught.value.hint
