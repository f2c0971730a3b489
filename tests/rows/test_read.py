"""Tests of demur.rows: tables in files, whatever their format."""

from pathlib import Path

import polars as pl
import pytest

from demur.errors import InputError
from demur.rows.read import read_rows
from demur.rows.row import BadRow, Row


def read(folder: Path, name: str, content: str | bytes) -> list[Row | BadRow]:
    """The rows of a file with this content."""
    file = folder / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(read_rows(str(file)))


def values(found: list[Row | BadRow]) -> list[object]:
    """What the rows hold; the problem of those that cannot be read."""
    return [row.values if isinstance(row, Row) else row.problem for row in found]


TWO = [{"a": "1", "b": "x"}, {"a": "2", "b": "y"}]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("t.csv", "a,b\n1,x\n2,y\n", id="CSV"),
        pytest.param("t.tsv", "a\tb\n1\tx\n2\ty\n", id="TSV"),
        pytest.param(
            "T.CSV", "\ufeffa,b\r\n1,x\r\n\r\n2,y", id="CSV as Excel saves it"
        ),
        pytest.param("t.csv", "# version 2\n#\na,b\n1,x\n2,y\n", id="CSV with remarks"),
        pytest.param(
            "t.jsonl", '{"a":"1","b":"x"}\n\n{"a":"2","b":"y"}', id="JSON lines"
        ),
        pytest.param(
            "t.json", '[{"a":"1","b":"x"},{"a":"2","b":"y"}]', id="a JSON list"
        ),
        pytest.param(
            "t.json",
            '{"version":1,"rows":[{"a":"1","b":"x"},{"a":"2","b":"y"}]}',
            id="a JSON object with one list",
        ),
    ],
)
def test_the_same_table_reads_the_same(tmp_path: Path, name: str, content: str) -> None:
    """The suffix says the format, and blank lines say nothing."""
    assert values(read(tmp_path, name, content)) == TWO


def test_a_parquet_file_reads_the_same(tmp_path: Path) -> None:
    """In the order of the file, over several batches."""
    file = tmp_path / "t.parquet"
    pl.DataFrame({"n": range(25_000)}).write_parquet(file)

    found = list(read_rows(str(file)))

    assert [row.number for row in found] == list(range(1, 25_001))
    assert values(found)[24_999] == {"n": 24_999}


def test_rows_say_where_they_stand(tmp_path: Path) -> None:
    """A row over two lines ends in the second; remarks and blank lines count."""
    found = read(tmp_path, "t.csv", '# x\na,b\n1,"x\nx"\n\n2,y\n')

    assert [row.number for row in found] == [4, 6]


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        pytest.param(
            "t.csv", "a,b\n1\n", "has 1 columns, and the heading has 2", id="short"
        ),
        pytest.param("t.jsonl", "[1]\n", "must be an object, got list", id="a list"),
        pytest.param("t.jsonl", "{\n", "no JSON: Input data was truncated", id="cut"),
        pytest.param(
            "t.jsonl",
            b'{"a": "\xff"}\n',
            "no JSON: 'utf-8' codec can't decode byte 0xff",
            id="not UTF-8",
        ),
    ],
)
def test_a_row_that_cannot_be_read_does_not_stop_the_rest(
    tmp_path: Path, name: str, content: str | bytes, problem: str
) -> None:
    """It is said with its number, and those after it are read."""
    good = "3,z\n" if name.endswith("csv") else '{"a":"3","b":"z"}\n'
    raw = content.encode() if isinstance(content, str) else content

    bad, last = read(tmp_path, name, raw + good.encode())

    assert isinstance(bad, BadRow)
    assert bad.problem.startswith(problem)
    assert values([last]) == [{"a": "3", "b": "z"}]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        pytest.param("t.csv", "", "it has no heading", id="empty"),
        pytest.param("t.csv", b"a\n\xff\n", "byte 2 cannot be read", id="not UTF-8"),
        pytest.param("t.json", "{}", "holds 0 lists", id="no list"),
        pytest.param("t.json", '{"a": [], "b": []}', "holds 2 lists", id="two lists"),
        pytest.param("t.json", "[", "is no JSON", id="cut"),
        pytest.param("t.parquet", "a,b", "is no Parquet file", id="no Parquet"),
        pytest.param("t.xlsx", "", "unknown format '.xlsx'", id="a spreadsheet"),
    ],
)
def test_a_file_that_is_no_table_is_an_error(
    tmp_path: Path, name: str, content: str | bytes, said: str
) -> None:
    """Before the first row, with what to do."""
    with pytest.raises(InputError, match=said):
        read(tmp_path, name, content)


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    """And so is a folder."""
    with pytest.raises(InputError, match="no such file"):
        read_rows(str(tmp_path / "t.csv"))
    with pytest.raises(InputError, match="Name a file in it"):
        read_rows(str(tmp_path))


def test_one_line_of_two_megabytes_is_read(tmp_path: Path) -> None:
    """The csv module's own limit is 128 kB."""
    long = "x" * 2_000_000

    assert values(read(tmp_path, "t.csv", f"a\n{long}\n")) == [{"a": long}]
