"""A store in one SQLite file."""

import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy import exc as sa_exc
from sqlalchemy.dialects import sqlite

from demur.errors import DemurError, InputError, StoreError, StoreInUseError
from demur.stores.backend import TWICE_HINT, Purpose
from demur.stores.base import WAIT_SECONDS
from demur.stores.openers import openers
from demur.stores.sql import SqlStore
from demur.stores.tables import SCHEMA_VERSION, STORE
from demur.stores.writer import sole_writer

_DISK_HINT = (
    "Check that its folder is there and may be written to, and that the disk has room. "
    "A damaged file can only be replaced: --store FILE"
)


@dataclass(frozen=True, slots=True)
class SqliteFile:
    """A file that holds a store, or may come to hold one.

    Attributes:
        path: The file.
    """

    path: Path

    @property
    def shown(self) -> str:
        """The path as it was given."""
        return str(self.path)

    def check(self) -> None:
        """Raise if its folder is not there: none is made for a typing error."""
        if not self.path.parent.is_dir():
            hint = f"Make it first: mkdir -p {self.path.parent}"
            raise InputError(self.shown, "its folder is not there", hint)
        if self.path.is_dir():
            raise InputError(self.shown, "is a folder", "Name a file in it: --store")

    def exists(self) -> bool:
        """Whether the file is there."""
        return self.path.exists()

    def open(
        self,
        version: str,
        *,
        is_new_allowed: bool = True,
        wait_seconds: float = WAIT_SECONDS,
    ) -> SqlStore:
        """The store; the file is made, with its tables, where it is not there."""
        if not is_new_allowed and not self.exists():
            hint = "Run `demur run` first, or name it: --store."
            raise InputError(self.shown, "no such store", hint)
        return SqlStore(_Sqlite(self.path, wait_seconds), version)

    def sole_writer(
        self,
        key: str,
        command: str,
        started: str,
        *,
        wait_seconds: float,
        on_wait: Callable[[str], None],
    ) -> AbstractContextManager[None]:
        """Keep every other writer out of the file, whatever the key."""
        return sole_writer(
            self.path, command, started, wait_seconds=wait_seconds, on_wait=on_wait
        )


class _Sqlite:
    """The driver, in WAL mode: readers and one writer at once."""

    def __init__(self, path: Path, wait_seconds: float) -> None:
        self.shown = str(path)
        self._path = path
        self.engine = sa.create_engine(
            # A URL of parts: a name may hold a ? or a %, or be ":memory:".
            sa.URL.create("sqlite", database=str(path.absolute())),
            connect_args={"timeout": wait_seconds},
        )
        event.listen(self.engine, "connect", _set_up_connection)

    def begin(self, connection: sa.Connection, purpose: Purpose) -> None:
        """Deferred, it reads one state of the file; immediate, it is the one writer.

        The driver by itself would begin neither for reads nor for the making of tables.
        """
        mode = "DEFERRED" if purpose is Purpose.READ else "IMMEDIATE"
        connection.exec_driver_sql(f"BEGIN {mode}")

    def is_ours(self, connection: sa.Connection) -> bool:
        """Whether the file says that it is a store, of whatever version."""
        return _is_ours(connection.connection.driver_connection)

    def check_writable(self, connection: sa.Connection) -> None:
        """Nothing more to check: to begin was to lock the file for writing."""

    def insert_new(self, table: sa.Table) -> sqlite.Insert:
        """Rows whose key is there already are passed over."""
        return sqlite.insert(table).on_conflict_do_nothing()

    def translate(self, error: sa_exc.DBAPIError) -> DemurError:
        """What the driver says, and what next."""
        said = str(error.orig)
        if isinstance(error, sa_exc.IntegrityError):
            return StoreError(f"{self.shown}: {said}.\n  {TWICE_HINT}")
        if isinstance(error, sa_exc.OperationalError) and (
            "locked" in said or "busy" in said
        ):
            return self._in_use()
        if "not a database" in said:
            hint = "Name another file: --store FILE"
            return InputError(self.shown, "is not a store of demur's", hint)
        return StoreError(f"{self.shown}: {said}.\n  {_DISK_HINT}")

    def _in_use(self) -> StoreInUseError:
        return StoreInUseError(
            self.shown,
            f"{', '.join(openers(self._path)) or 'another program'} holds it "
            "locked, and did not let go",
            "Close what has it open, or use another file: --store FILE",
        )


def _set_up_connection(connection: Any, _: object) -> None:
    # WAL is written into the file, so a file that we may refuse is not set to it.
    if _is_empty(connection) or _is_known(connection):
        # Busy, and without waiting, where two processes set it at once: one will do.
        with suppress(sqlite3.OperationalError):
            connection.execute("PRAGMA journal_mode=WAL")
    # FULL, so that an answer that was paid for survives a power cut too.
    for pragma in ("synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _is_empty(connection: Any) -> bool:
    """Whether a file holds nothing yet. Asked of the driver's own connection."""
    return connection.execute("SELECT name FROM sqlite_master").fetchone() is None


def _is_ours(connection: Any) -> bool:
    """Whether a file says that it is a store of ours, of whatever version."""
    rows = connection.execute("SELECT name FROM pragma_table_info('store')")
    return {name for (name,) in rows} >= {column.name for column in STORE.columns}


def _is_known(connection: Any) -> bool:
    """Whether a file is a store of ours, of a version that we read."""
    known = "SELECT count(*) FROM store WHERE schema_version <= ?"
    return _is_ours(connection) and bool(
        connection.execute(known, (SCHEMA_VERSION,)).fetchone()[0]
    )
