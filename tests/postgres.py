"""A PostgreSQL server of our own, thrown away at the end of the tests."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

PASSWORD = "s3cr&t/w@rd:%"  # noqa: S105 # every character that a URL has a use for
ENCODED = "s3cr%26t%2Fw%40rd%3A%25"

INSTALL = (
    "no PostgreSQL server on this machine, so the team store is NOT TESTED. "
    "Debian, Ubuntu: apt install postgresql   macOS: brew install postgresql"
)


@dataclass(frozen=True)
class Database:
    """A database, or a schema in one, that holds nothing yet.

    Attributes:
        port: Of the server on loopback.
        name: Of the database.
        schema: In which tables are made.
        user: Its owner.
    """

    port: int
    name: str
    schema: str = "public"
    user: str = "demur"

    @property
    def shown(self) -> str:
        """The address without its password, as messages should show it."""
        return f"postgresql://{self.user}@127.0.0.1:{self.port}/{self.name}"

    @property
    def url(self) -> str:
        """The address as a user writes it."""
        found = self.shown.replace("@", f":{ENCODED}@")
        options = f"?options=-csearch_path%3D{self.schema}"
        return found + (options if self.schema != "public" else "")

    def ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Run a statement as the database's owner; the rows that it gives."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            cursor = connection.execute(query.encode(), values or None)
            return cursor.fetchall() if cursor.description else []

    @contextmanager
    def session(self) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
        """Somebody else's session."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            yield connection

    @contextmanager
    def locked(self, table: str) -> Iterator[None]:
        """Somebody else's transaction that lets nobody near the table."""
        with psycopg.connect(self.url) as connection:
            connection.execute(f"LOCK TABLE {table}".encode())
            yield


def binaries() -> Path | None:
    """The folder with the server's programs, the newest if there are several."""
    on_path = shutil.which("initdb")
    places = [Path(on_path).parent] if on_path else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((each for each in places if (each / "postgres").exists()), None)


@contextmanager
def running_server() -> Iterator[Database]:
    """A new server on a free port of loopback, where every user needs a password."""
    programs = binaries()
    if programs is None:
        if os.environ.get("DEMUR_REQUIRE_POSTGRES"):
            pytest.fail(INSTALL)
        pytest.skip(INSTALL)
    folder = Path(tempfile.mkdtemp(prefix="demur-pg-"))
    try:
        _make_cluster(programs, folder)
        with _started(programs, folder) as database:
            yield database
    finally:
        shutil.rmtree(folder)


def _as_other() -> dict[str, Any]:
    """Whom to be, as arguments of `subprocess`: the server refuses to run as root."""
    if os.getuid() != 0:
        return {}
    return {"user": "postgres", "group": "postgres", "extra_groups": []}


def _make_cluster(programs: Path, folder: Path) -> None:
    word = folder / "password"
    word.write_text(PASSWORD, encoding="utf-8")
    if os.getuid() == 0:
        for path in (folder, word):
            shutil.chown(path, "postgres", "postgres")
    options = "-U demur -A scram-sha-256 --no-sync --no-instructions -E UTF8 --locale=C"
    subprocess.run(
        [
            programs / "initdb",
            "-D",
            folder / "data",
            "--pwfile",
            word,
            *options.split(),
        ],
        check=True,
        capture_output=True,
        cwd=folder,
        **_as_other(),
    )


@contextmanager
def _started(programs: Path, folder: Path) -> Iterator[Database]:
    database = Database(port=_free_port(), name="postgres")
    options = f"-p {database.port} -h 127.0.0.1 -F -c max_connections=50"
    command = [str(programs / "postgres"), "-D", f"{folder}/data", "-k", str(folder)]
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(
            [*command, *options.split()],
            text=False,
            stdout=log,
            stderr=log,
            cwd=folder,
            **_as_other(),
        ) as process,
    ):
        try:
            _wait_for(database, process, folder / "log")
            yield database
        finally:
            process.send_signal(signal.SIGQUIT)  # at once: nothing in it is kept


def _free_port() -> int:
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        port: int = place.getsockname()[1]
    return port


def _wait_for(database: Database, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        try:
            database.ask("SELECT 1")
        except psycopg.OperationalError:
            assert process.poll() is None, log.read_text(encoding="utf-8")
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"the server did not start: {log.read_text(encoding='utf-8')}")
