"""Tests of demur.stores.writer."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from demur.errors import StoreInUseError
from demur.stores.writer import sole_writer, this_command

SINCE = "2026-01-02T03:04:05+00:00"

_WRITE = """
import sys
from pathlib import Path
from demur.stores.writer import sole_writer

with sole_writer(
    Path(sys.argv[1]), "demur run", sys.argv[2], wait_seconds=0, on_wait=print
):
    print("writing", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a store would be."""
    return tmp_path / "s.sqlite"


@contextmanager
def writing(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that is the store's writer, until told to go on."""
    command = [sys.executable, "-c", _WRITE, str(path), SINCE]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "writing\n"
        try:
            yield process
        finally:
            process.kill()


def ignore(_line: str) -> None:
    """Somebody who is told that we wait, and does nothing about it."""


def write(path: Path, *, wait_seconds: float = 0.0) -> None:
    """Be the writer for a moment."""
    with sole_writer(
        path, "demur run", SINCE, wait_seconds=wait_seconds, on_wait=ignore
    ):
        pass


def test_a_second_writer_waits_and_then_says_who_it_waited_for(path: Path) -> None:
    """By number, command and time, while waiting and at the end of it."""
    told: list[str] = []

    with (
        writing(path) as other,
        pytest.raises(StoreInUseError) as caught,
        sole_writer(path, "demur judge", SINCE, wait_seconds=0.05, on_wait=told.append),
    ):
        pytest.fail("two writers at once")

    who = f"process {other.pid} (`demur run`, since {SINCE})"
    assert told == [f"{path}: waiting for {who}"]
    assert str(caught.value) == (
        f"{path}: {who} is writing to it, and still was after 0 s.\n"
        "  Wait until it is done, or use another file: --store FILE"
    )


def test_a_second_writer_goes_on_when_the_first_is_done(path: Path) -> None:
    """It says that it waits, and then waits no longer than it must."""
    with writing(path) as other:

        def let_go(_line: str) -> None:
            assert other.stdin is not None
            other.stdin.write("\n")
            other.stdin.flush()

        with sole_writer(path, "demur run", SINCE, wait_seconds=30, on_wait=let_go):
            assert other.wait() == 0


def test_the_lock_is_free_when_its_holder_is_killed(path: Path) -> None:
    """No file has to be deleted by hand after a crash or a power cut."""
    with writing(path) as other:

        def kill(_line: str) -> None:
            other.send_signal(signal.SIGKILL)

        with sole_writer(path, "demur run", SINCE, wait_seconds=30, on_wait=kill):
            note = Path(f"{path}.writer").read_text(encoding="utf-8")

    assert other.returncode == -signal.SIGKILL
    assert f'"pid": {os.getpid()}' in note


def test_a_note_left_by_a_killed_writer_stops_nobody(path: Path) -> None:
    """The lock counts; the note only says whose it is."""
    with writing(path) as other:
        other.send_signal(signal.SIGKILL)
        other.wait()
    assert Path(f"{path}.writer").exists()

    write(path)

    assert not Path(f"{path}.writer").exists()


def test_nobody_is_told_of_a_wait_that_there_is_not(path: Path) -> None:
    """The first writer starts at once and in silence."""
    told: list[str] = []

    with sole_writer(path, "demur run", SINCE, wait_seconds=0, on_wait=told.append):
        pass

    assert told == []


def test_the_store_is_let_go_of_whatever_happens(path: Path) -> None:
    """An exception ends the writing, not the possibility to write."""
    with (
        pytest.raises(KeyboardInterrupt),
        sole_writer(path, "demur run", SINCE, wait_seconds=0, on_wait=ignore),
    ):
        raise KeyboardInterrupt

    assert not Path(f"{path}.writer").exists()
    write(path)


def test_stores_have_writers_of_their_own(path: Path) -> None:
    """Whoever writes to one store does not keep others from theirs."""
    with writing(path):
        write(path.with_name("other.sqlite"))


@pytest.mark.parametrize(
    "note",
    [
        pytest.param(None, id="there is none"),
        pytest.param(b"", id="it is empty"),
        pytest.param(b"{", id="it is half written"),
        pytest.param(b"\xff\x00", id="it is no text"),
        pytest.param(b"[1]", id="it is a list"),
        pytest.param(b"null", id="it is null"),
        pytest.param(b'{"pid": 1}', id="it lacks the command"),
    ],
)
def test_a_writer_without_a_readable_note_is_another_process(
    path: Path, note: bytes | None
) -> None:
    """The note is written after the lock is taken, so it may not be there yet."""
    with writing(path):
        place = Path(f"{path}.writer")
        place.unlink()
        if note is not None:
            place.write_bytes(note)

        with pytest.raises(StoreInUseError, match=": another process is writing to it"):
            write(path)


def test_a_command_is_named_without_its_path() -> None:
    """As the user typed it, or nearly: that is what he looks for."""
    code = "from demur.stores.writer import this_command; print(this_command())"

    ended = subprocess.run(
        [sys.executable, "-c", code, "run", "quickstart"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert ended.stdout == "-c run quickstart\n"
    assert "/" not in this_command().split(" ", maxsplit=1)[0]


def test_a_command_is_named_without_its_passwords() -> None:
    """It goes into a note beside the store and onto other users' screens."""
    code = "from demur.stores.writer import this_command; print(this_command())"

    ended = subprocess.run(
        [sys.executable, "-c", code, "run", "--store", "postgresql://a:s3/c@h/d"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert ended.stdout == "-c run --store postgresql://a:***@h/d\n"
