"""Tests of demur.transcripts.read: transcripts in files, whatever their format."""

import json
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from demur.errors import InputError
from demur.records.exchange import BadExchange, Exchange
from demur.transcripts.columns import Columns
from demur.transcripts.read import read_lines, read_transcripts

LONG = "word " * 400_000
"""2 MB."""


def read(folder: Path, name: str, content: str | bytes, **said: str) -> list[str]:
    """Each exchange as ``id: request > response``, or the problem."""
    file = folder / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return [shown(each) for each in read_transcripts(file, Columns(said=said))]


def shown(each: Exchange | BadExchange) -> str:
    """An exchange in one line."""
    if isinstance(each, BadExchange):
        return f"{each.id}: {each.problem}"
    return f"{each.id}: {each.request} > {each.response}"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("t.csv", "id,prompt,completion\na,Why?,So.\n", id="CSV"),
        pytest.param("t.tsv", "ID\tQuestion\tAnswer\na\tWhy?\tSo.\n", id="TSV"),
        pytest.param(
            "t.jsonl", '{"id":"a","request":"Why?","response":"So."}', id="JSON lines"
        ),
        pytest.param(
            "t.json", '[{"id":"a","input":"Why?","output":"So."}]', id="JSON list"
        ),
        pytest.param(
            "t.jsonl",
            '{"id":"a","messages":[{"role":"user","content":"Why?"},'
            '{"role":"assistant","content":"So."}]}',
            id="conversations",
        ),
        pytest.param(
            "t.json",
            '{"results":{"results":[{"id":"a","prompt":{"raw":"Why?"},'
            '"response":{"output":"So."}}]}}',
            id="promptfoo",
        ),
        pytest.param(
            "t.json",
            '{"eval":{},"samples":[{"id":"a","input":"Why?","output":{"choices":'
            '[{"message":{"role":"assistant","content":"So."}}]}}]}',
            id="Inspect",
        ),
    ],
)
def test_the_same_exchange_reads_the_same(
    tmp_path: Path, name: str, content: str
) -> None:
    """Suffix and content say the format; columns have their usual names."""
    assert read(tmp_path, name, content) == ["a: Why? > So."]


def test_a_parquet_table_reads_the_same(tmp_path: Path) -> None:
    """The same columns, whatever holds the table."""
    file = tmp_path / "t.parquet"
    pl.DataFrame({"id": [7], "query": ["Why?"], "reply": ["So."]}).write_parquet(file)

    found = read_transcripts(file, Columns())

    assert [shown(each) for each in found] == ["7: Why? > So."]


def test_a_column_that_is_named_comes_before_a_usual_one(tmp_path: Path) -> None:
    """Also where the usual one is there: the user knows better."""
    content = "prompt,response,said\nWhy?,No.,So.\n"

    found = read(tmp_path, "t.csv", content, response="said")

    assert found == ["2: Why? > So."]


@pytest.mark.parametrize(
    ("content", "said", "problem"),
    [
        pytest.param("a,response\n1,2\n", {}, "no column for the request", id="none"),
        pytest.param(
            "prompt,response\n1,2\n",
            {"response": "respons"},
            "Did you mean 'response'?",
            id="not there",
        ),
    ],
)
def test_a_column_that_is_not_there_is_said_before_anything_is_read(
    tmp_path: Path, content: str, said: dict[str, str], problem: str
) -> None:
    """Of a table every row would fail; the hint lists the columns."""
    with pytest.raises(InputError, match=problem):
        read(tmp_path, "t.csv", content, **said)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        pytest.param(b"nonsense", "no JSON", id="no JSON"),
        pytest.param(b"[1]", "must be an object", id="no object"),
        pytest.param(b'{"response": "x"}', "has no request", id="no request"),
        pytest.param(
            b'{"request": "x", "response": null}', "is no text but null", id="null"
        ),
        pytest.param(
            b'{"request": "x", "response": {}}', "is no text but an object", id="object"
        ),
        pytest.param(b'{"messages": []}', "no message of an assistant", id="no turns"),
        pytest.param(b'{"messages": [1]}', "message without a role", id="no message"),
        pytest.param(b"[" * 100_000, "no JSON", id="nested without end"),
        pytest.param(b'{"request": "x", "response": "\xff"}', "no JSON", id="no UTF-8"),
    ],
)
def test_a_line_that_cannot_be_read_does_not_stop_the_rest(
    line: bytes, problem: str
) -> None:
    """It has its number, and the next line is read."""
    good = b'{"id": "b", "request": "Why?", "response": "So."}\n'

    bad, after = read_lines([line + b"\n", good], Columns())

    assert isinstance(bad, BadExchange)
    assert (bad.number, bad.id) == (1, 1)
    assert problem in bad.problem
    assert shown(after) == "b: Why? > So."


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("\ud800 alone", id="lone surrogate"),
        pytest.param("a\0b\x1b[2J", id="NUL and escape"),
        pytest.param(LONG, id="2 MB"),
        pytest.param("", id="empty"),
    ],
)
def test_what_a_model_wrote_is_read_exactly(text: str) -> None:
    """As a program writes it down: in ASCII, all else escaped."""
    line = json.dumps({"request": "Why?", "response": text}).encode()

    (found,) = read_lines([line], Columns())

    assert isinstance(found, Exchange)
    assert found.response == text


def test_a_bare_control_character_within_json_is_read() -> None:
    """JSON forbids it; programs that write JSON by hand do not know."""
    (found,) = read_lines([b'{"request": "Why?", "response": "a\x00b"}'], Columns())

    assert shown(found) == "1: Why? > a\0b"


def test_lines_are_read_as_they_come() -> None:
    """A pipe gives its second line when the first has been judged."""
    taken = []

    def lines() -> Iterator[bytes]:
        for number in range(3):
            taken.append(number)
            yield b'{"request": "x", "response": "x"}'

    next(read_lines(lines(), Columns()))

    assert len(taken) == 1


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        pytest.param("t.json", b'{"a": 1}', "holds 0 lists", id="no list"),
        pytest.param("t.json", b"{", "is no JSON", id="no JSON"),
        pytest.param("t.eval", b"PK no zip", "is no Inspect log", id="no zip"),
        pytest.param("t.csv", b"", "is empty", id="empty"),
    ],
)
def test_a_file_that_cannot_be_read_at_all_is_an_error(
    tmp_path: Path, name: str, content: bytes, problem: str
) -> None:
    """Before anything is judged or written."""
    with pytest.raises(InputError, match=problem):
        read(tmp_path, name, content)


def test_a_filter_that_withheld_the_response_needs_none(tmp_path: Path) -> None:
    """Providers give null with the reason `content_filter`: that is a block."""
    line = '{"request": "x", "response": null, "finish_reason": "content_filter"}'
    (tmp_path / "t.jsonl").write_text(line, encoding="utf-8")

    (found,) = read_transcripts(tmp_path / "t.jsonl", Columns())

    assert isinstance(found, Exchange)
    assert found.block is not None
    assert found.block.code == "finish_reason=content_filter"
    assert found.response == ""
