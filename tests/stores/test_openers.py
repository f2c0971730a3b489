"""Tests of demur.stores.openers."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from demur.stores.openers import openers

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/fd").is_dir(), reason="needs /proc"
)

_OPEN = """
import sys
with open(sys.argv[1]):
    print("open", flush=True)
    sys.stdin.readline()
"""


@contextmanager
def opened(path: Path, *words: str) -> Iterator[int]:
    """Another process that has the file open; its id."""
    command = [sys.executable, "-c", _OPEN, str(path), *words]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        try:
            yield process.pid
        finally:
            process.kill()


def test_a_process_is_named_by_number_and_command(tmp_path: Path) -> None:
    """On one line and not too long, so that a user finds it in a list of processes."""
    path = tmp_path / "s.sqlite"
    path.touch()

    with opened(path, "x" * 500) as pid:
        (found,) = openers(path)

    start = f"process {pid} (`{sys.executable} -c import sys with open(sys.argv[1])"
    assert found.startswith(start[:60])
    assert found.endswith("`)")
    assert len(found) == len(f"process {pid} (``)") + 120


def test_every_process_is_named_and_we_are_not(tmp_path: Path) -> None:
    """That we have it open ourselves is no news."""
    path = tmp_path / "s.sqlite"
    path.touch()

    with path.open(), opened(path) as first, opened(path) as second:
        found = openers(path)

    assert {int(line.split()[1]) for line in found} == {first, second}


def test_a_file_is_found_by_any_of_its_names(tmp_path: Path) -> None:
    """A store may be reached through a link."""
    path = tmp_path / "s.sqlite"
    path.touch()
    link = tmp_path / "link.sqlite"
    link.symlink_to(path)

    with opened(path) as pid:
        (found,) = openers(link)

    assert found.startswith(f"process {pid} ")


@pytest.mark.parametrize("is_there", [True, False])
def test_a_file_that_nobody_has_open_has_no_openers(
    tmp_path: Path, *, is_there: bool
) -> None:
    """Nobody is no error, and neither is a file that is gone."""
    path = tmp_path / "s.sqlite"
    if is_there:
        path.touch()

    assert openers(path) == []
