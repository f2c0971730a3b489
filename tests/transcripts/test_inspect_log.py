"""Tests of demur.transcripts.inspect_log and zstandard_zip."""

import json
import struct
import sys
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest

from demur.errors import InputError
from demur.records.case import Turn
from demur.records.exchange import BadExchange, Exchange
from demur.transcripts.inspect_log import is_log, read_log, read_zip


def sample(name: str, content: Any, stop_reason: str = "stop") -> dict[str, Any]:
    """A sample as Inspect writes it, with the answer in messages and output."""
    said = {"role": "assistant", "content": content, "source": "generate"}
    choices = [{"message": said, "stop_reason": stop_reason}]
    return {
        "id": name,
        "epoch": 1,
        "input": "Why?",
        "target": "x",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Why?"},
            said,
        ],
        "output": {"model": "mockllm/model", "choices": choices},
        "attachments": {},
    }


def write_eval(path: Path, *samples: Any, kind: int = zipfile.ZIP_DEFLATED) -> Path:
    """A log as a zip: a header, and a member for each sample."""
    with zipfile.ZipFile(path, "w", kind) as archive:
        archive.writestr("_journal/start.json", "{}")
        for number, each in enumerate(samples, start=1):
            text = each if isinstance(each, str) else json.dumps(each)
            archive.writestr(f"samples/s{number}_epoch_1.json", text)
        archive.writestr("header.json", "{}")
    return path


def write_zstandard(path: Path, *contents: bytes) -> Path:
    """A zip of members that are said to be compressed with Zstandard."""
    local, central = b"", b""
    for number, content in enumerate(contents, start=1):
        name = f"samples/s{number}_epoch_1.json".encode()
        size = 1_000_000
        sizes = struct.pack("<III", zlib.crc32(b""), len(content), size)
        kind = struct.pack("<HHHHH", 20, 0, 93, 0, 0)
        lengths = struct.pack("<HH", len(name), 0)
        offset = struct.pack("<HHHII", 0, 0, 0, 0, len(local))
        head = b"PK\x01\x02\x14\0" + kind + sizes + lengths + offset
        central += head + name
        local += b"PK\x03\x04" + kind + sizes + lengths + name + content
    count, size = len(contents), len(central)
    end = struct.pack("<HHHHIIH", 0, 0, count, count, size, len(local), 0)
    path.write_bytes(local + central + b"PK\x05\x06" + end)
    return path


def responses(found: Any) -> list[str]:
    """What came back in each sample, or the problem."""
    return [e.response if isinstance(e, Exchange) else e.problem for e in found]


def test_a_sample_is_read_with_its_context(tmp_path: Path) -> None:
    """What the model was sent, not what stands in the data set."""
    (found,) = read_zip(write_eval(tmp_path / "l.eval", sample("s1", "So.")))

    assert found == Exchange(
        number=1,
        id="s1",
        request="Why?",
        response="So.",
        system="Be brief.",
        finish_reason="stop",
        model="mockllm/model",
    )


def test_both_formats_of_a_log_read_the_same(tmp_path: Path) -> None:
    """`inspect log convert` changes nothing that is judged."""
    samples = [sample("s1", "So."), sample("s2", "", "content_filter")]

    zipped = list(read_zip(write_eval(tmp_path / "l.eval", *samples)))

    assert zipped == list(read_log({"eval": {}, "samples": samples}))
    assert isinstance(zipped[1], Exchange)
    assert zipped[1].block is not None


def test_an_answer_in_parts_or_elsewhere_is_put_together() -> None:
    """Thinking is not said; long texts stand among the attachments."""
    parts = [
        {"type": "reasoning", "reasoning": "Hm."},
        {"type": "text", "text": "attachment://k"},
    ]
    one = {**sample("s1", parts), "attachments": {"k": "So."}}

    assert responses(read_log({"samples": [one]})) == ["So."]


def test_a_sample_without_messages_is_read_by_its_input() -> None:
    """Logs may be written without them."""
    asked = [
        {"role": "user", "content": "One."},
        {"role": "assistant", "content": "Yes."},
        {"role": "user", "content": "Two."},
    ]
    one = {**sample("s1", "So."), "messages": [], "input": asked}

    (found,) = read_log({"samples": [one]})

    assert isinstance(found, Exchange)
    assert found.request == "Two."
    assert found.earlier[0] == Turn(role="user", content="One.")


@pytest.mark.parametrize(
    ("one", "problem"),
    [
        pytest.param(
            {"id": "s1", "error": {"message": "timeout\nat x"}},
            "nothing came back: timeout",
            id="it failed",
        ),
        pytest.param({"id": "s1", "output": {"choices": []}}, "nothing", id="none"),
        pytest.param(
            {"id": "s1", "output": {"choices": [5]}, "input": "x"},
            "is no sample",
            id="nonsense",
        ),
        pytest.param(
            {**sample("s1", "So."), "messages": [5]}, "is no sample", id="no messages"
        ),
        pytest.param(7, "must be an object", id="number"),
    ],
)
def test_a_sample_that_cannot_be_read_says_why(one: Any, problem: str) -> None:
    """And the next is read."""
    bad, after = read_log({"samples": [one, sample("s2", "So.")]})

    assert isinstance(bad, BadExchange)
    assert problem in bad.problem
    assert isinstance(after, Exchange)


def test_a_damaged_member_does_not_stop_the_rest(tmp_path: Path) -> None:
    """A disk's fault in one sample costs that one."""
    path = write_eval(tmp_path / "l.eval", "{", sample("s2", "So."))

    assert [e.split(":")[0] for e in responses(read_zip(path))] == ["no JSON", "So."]


def test_a_zip_of_something_else_is_an_error(tmp_path: Path) -> None:
    """No samples: nothing would be judged, and nobody would know why."""
    with pytest.raises(InputError, match="zip without samples"):
        read_zip(write_eval(tmp_path / "l.eval"))


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="Python reads it by itself")
def test_a_log_compressed_with_zstandard_is_read(tmp_path: Path) -> None:
    """As Inspect writes it by now; a damaged member costs that one."""
    zstandard = pytest.importorskip("zstandard")
    good = zstandard.compress(json.dumps(sample("s1", "So.")).encode())
    path = write_zstandard(tmp_path / "l.eval", good, b"nonsense", good)

    assert responses(read_zip(path)) == ["So.", "is damaged", "So."]


@pytest.mark.parametrize("content", [[], {}, {"eval": []}, None])
def test_other_json_is_not_taken_for_a_log(content: object) -> None:
    """Only a log says of itself what was evaluated."""
    assert not is_log(content)
