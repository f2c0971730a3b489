"""Tests of demur.stores.postgres_lock."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from tests.postgres import Database

from demur.errors import StoreError, StoreInUseError
from demur.stores.postgres import PostgresServer
from demur.stores.postgres_lock import lock_number

SINCE = "2026-01-02T03:04:05+00:00"

_WRITE = """
import sys
from demur.stores.postgres import PostgresServer

with PostgresServer(sys.argv[1]).sole_writer(
    sys.argv[2], "demur run --seed 1", "", wait_seconds=0, on_wait=print
):
    print("writing", flush=True)
    sys.stdin.readline()
"""


@contextmanager
def writing(database: Database, key: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that follows a plan, until told to go on."""
    command = [sys.executable, "-c", _WRITE, database.url, key]
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


def write(database: Database, key: str, *, wait_seconds: float = 0) -> None:
    """Follow a plan for a moment."""
    place = PostgresServer(database.url)
    with place.sole_writer(
        key, "demur", SINCE, wait_seconds=wait_seconds, on_wait=ignore
    ):
        pass


def test_who_follows_the_same_plan_waits_and_says_for_whom(server: Database) -> None:
    """By number, machine, command and time, while waiting and at the end of it."""
    told: list[str] = []
    place = PostgresServer(server.url)

    with (
        writing(server, "same") as other,
        pytest.raises(StoreInUseError) as caught,
        place.sole_writer(
            "same", "demur run", SINCE, wait_seconds=0.05, on_wait=told.append
        ),
    ):
        pytest.fail("two who ask the same at once")

    who = (
        rf"process {other.pid} on {re.escape(socket.gethostname()[:20])} "
        r"\(`demur run --seed 1`, since 20\S+\+00:00\)"
    )
    (line,) = told
    shown = re.escape(server.shown)
    assert re.fullmatch(rf"{shown}: waiting for {who}", line)
    assert re.fullmatch(
        rf"{shown}: {who} is asking the same, and still was after 0 s\.\n"
        "  Wait until it is done: its answers will be yours too",
        str(caught.value),
    )


def test_who_follows_another_plan_does_not_wait(server: Database) -> None:
    """Two people, or two jobs, fill one store at once."""
    told: list[str] = []
    place = PostgresServer(server.url)

    with (
        writing(server, "one"),
        place.sole_writer(
            "two", "demur run", SINCE, wait_seconds=0, on_wait=told.append
        ),
    ):
        pass

    assert told == []


def test_who_waited_goes_on_when_the_first_is_done(server: Database) -> None:
    """It says that it waits, and then waits no longer than it must."""
    place = PostgresServer(server.url)
    with writing(server, "k") as other:

        def let_go(_line: str) -> None:
            assert other.stdin is not None
            other.stdin.write("\n")
            other.stdin.flush()

        with place.sole_writer("k", "demur", SINCE, wait_seconds=30, on_wait=let_go):
            assert other.wait() == 0


def test_the_lock_is_free_when_its_holder_is_killed(server: Database) -> None:
    """Nothing has to be mended by hand after a crash."""
    place = PostgresServer(server.url)
    with writing(server, "k") as other:

        def kill(_line: str) -> None:
            other.send_signal(signal.SIGKILL)

        with place.sole_writer("k", "demur", SINCE, wait_seconds=30, on_wait=kill):
            assert other.wait() == -signal.SIGKILL


def test_a_plan_is_let_go_of_whatever_happens(server: Database) -> None:
    """An exception ends the writing, not the possibility to write."""
    place = PostgresServer(server.url)

    with (
        pytest.raises(KeyboardInterrupt),
        place.sole_writer("k", "demur", SINCE, wait_seconds=0, on_wait=ignore),
    ):
        raise KeyboardInterrupt

    # The server notices that a session is over a little later.
    write(server, "k", wait_seconds=10)


def test_a_session_that_is_lost_does_not_hide_what_happened(server: Database) -> None:
    """The server went away: what the store says of it comes through."""
    place = PostgresServer(server.url)
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "

    def lose() -> None:
        with place.sole_writer("k", "doomed", SINCE, wait_seconds=0, on_wait=ignore):
            server.ask(f"{end} application_name LIKE %s", "%doomed")
            raise StoreError("gone")

    with pytest.raises(StoreError, match="gone"):
        lose()

    # The server notices that a session is over a little later.
    write(server, "k", wait_seconds=10)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("", id="a session without a name"),
        pytest.param("psql", id="another program's"),
    ],
)
def test_a_holder_that_is_not_demur_is_another_process(
    server: Database, name: str
) -> None:
    """What is not known is not made up."""
    number = lock_number("k")
    ours = Database(server.port, server.name)
    query = "SELECT set_config('application_name', %s, false), pg_advisory_lock(%s)"

    with ours.session() as other:
        other.execute(query, (name, number))
        with pytest.raises(StoreInUseError, match=": another process is asking"):
            write(server, "k")


def test_what_a_command_is_called_by_fits_and_is_plain(server: Database) -> None:
    """The server cuts a name at 63 bytes; ours is cut where we want it."""
    place = PostgresServer(server.url)
    query = "SELECT application_name FROM pg_stat_activity WHERE application_name ~ %s"

    with place.sole_writer("k", "é" * 99, SINCE, wait_seconds=0, on_wait=ignore):
        ((name,),) = server.ask(query, "[?]{9}")

    assert name.startswith(f"{os.getpid()} on {socket.gethostname()[:20]}: ???")
    assert len(name) == 63


def test_a_number_is_the_same_for_ever_and_fits_the_server() -> None:
    """Two versions of demur must know a plan by the same number."""
    assert lock_number("k") == -5_530_455_349_046_318_138
    assert all(-(2**63) <= lock_number(str(each)) < 2**63 for each in range(100))
