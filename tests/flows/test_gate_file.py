"""Tests of demur.flows.gate_file."""

from pathlib import Path

import pytest

from demur.errors import InputError
from demur.flows.gate_file import read_gate_file

GOOD = """
# what the build stops on
gate:
  - over-refusal <= 5%
  - "under-refusal in ward <= 0.02"
"""


def file_with(folder: Path, text: str) -> Path:
    """A file that holds a text."""
    path = folder / "demur.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_conditions_come_in_the_order_of_the_file(tmp_path: Path) -> None:
    """A gate answers them in this order."""
    found = read_gate_file(file_with(tmp_path, GOOD))

    assert [str(each) for each in found] == [
        "over-refusal <= 0.05",
        "under-refusal in ward <= 0.02",
    ]


def test_a_file_as_windows_writes_it_is_read(tmp_path: Path) -> None:
    """With a byte order mark and carriage returns."""
    path = tmp_path / "demur.yaml"
    path.write_bytes(b"\xef\xbb\xbfgate:\r\n  - over-refusal <= 0.1\r\n")

    assert len(read_gate_file(path)) == 1


@pytest.mark.parametrize(
    ("text", "line", "problem", "hint"),
    [
        pytest.param(
            "gate:\n  - over-refusal <= 0.1\n  - over-refusl <= 0.1\n",
            3,
            "unknown quantity 'over-refusl'",
            "Did you mean 'over-refusal'?",
            id="a misspelt quantity",
        ),
        pytest.param(
            "gates:\n  - over-refusal <= 0.1\n",
            2,
            "unknown field",
            "Did you mean 'gate'? Known: gate.",
            id="a misspelt key",
        ),
        pytest.param(
            "gate: over-refusal <= 0.1\n", 1, "must be a list", "one item", id="no list"
        ),
        pytest.param(
            "gate:\n  - over-refusal: 0.1\n",
            2,
            "must be a text, got a mapping",
            "on one line",
            id="a mapping",
        ),
        pytest.param("gate: []\n", 1, "lists no condition", "'gate:'", id="no items"),
        pytest.param("- gate\n", 1, "must be a mapping", "key: value", id="a list"),
        pytest.param("gate: [\n", 2, "not YAML", "brackets|indent", id="not YAML"),
    ],
)
def test_a_fault_has_its_line_and_a_hint(
    tmp_path: Path, text: str, line: int, problem: str, hint: str
) -> None:
    """As in a suite."""
    path = file_with(tmp_path, text)

    with pytest.raises(InputError) as caught:
        read_gate_file(path)

    assert caught.value.where.startswith(f"{path}:{line}")
    assert problem in caught.value.problem
    assert any(each in caught.value.hint for each in hint.split("|"))


def test_all_faults_are_said_at_once(tmp_path: Path) -> None:
    """A file is mended once, not fault by fault."""
    path = file_with(tmp_path, "gate:\n  - one <= 0.1\n  - over-refusal <= 7\nx: 1\n")

    with pytest.raises(InputError) as caught:
        read_gate_file(path)

    message = str(caught.value)
    assert [f"{path}:{line}:" in message for line in (2, 3, 4)] == [True] * 3


@pytest.mark.parametrize("content", [b"", b" \n", b"\xff\xfe\x00", b"g" * (2**20 + 1)])
def test_what_cannot_be_a_file_of_conditions_is_refused(
    tmp_path: Path, content: bytes
) -> None:
    """Empty, not text, or far too long."""
    path = tmp_path / "demur.yaml"
    path.write_bytes(content)

    with pytest.raises(InputError, match=r"docs/gates\.md"):
        read_gate_file(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """The path as it was given."""
    with pytest.raises(InputError, match=r"none\.yaml: cannot be read"):
        read_gate_file(tmp_path / "none.yaml")
