"""A store in one SQLite file, through SQLAlchemy Core."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec
import sqlalchemy as sa
from sqlalchemy import event

from demur.errors import InputError, StoreError, StoreInUseError, StoreVersionError
from demur.records.outcome import Outcome
from demur.records.run import RunHeader
from demur.records.suite import Suite
from demur.records.transcript import FailedTrial, Transcript
from demur.records.verdict import FailedJudgement, Judgement
from demur.stores.base import Record
from demur.stores.openers import openers
from demur.stores.tables import (
    FAILED_JUDGEMENTS,
    FAILED_TRIALS,
    JUDGEMENTS,
    METADATA,
    RUNS,
    SCHEMA_VERSION,
    STORE,
    SUITES,
    TRANSCRIPTS,
)

T = TypeVar("T")

BUSY_TIMEOUT_SECONDS = 10.0
"""How long a write waits for another process's transaction to end."""

_DISK_HINT = (
    "Check that its folder is there and may be written to, and that the disk has room. "
    "A damaged file can only be replaced: --store FILE"
)
_TWICE_HINT = (
    "Nothing was added. If another demur works on this store, run the same command "
    "again when it is done."
)

_TABLES: dict[type[Record], sa.Table] = {
    Transcript: TRANSCRIPTS,
    FailedTrial: FAILED_TRIALS,
    Judgement: JUDGEMENTS,
    FailedJudgement: FAILED_JUDGEMENTS,
}


class SqlStore:
    """Runs kept in one SQLite file, in WAL mode.

    Args:
        path: The file. Made, with its tables, where it is not there.
        version: Of demur, noted in a new store.
        is_new_allowed: Whether a missing file may be made.
        wait_seconds: How long to wait for another process's transaction.

    Raises:
        InputError: If the file is not there and may not be made, or is no store.
        StoreVersionError: If a newer demur wrote it.
        StoreInUseError: If it stays locked for longer than the wait.
        StoreError: If the disk will not have it.
    """

    def __init__(
        self,
        path: Path,
        version: str,
        *,
        is_new_allowed: bool = True,
        wait_seconds: float = BUSY_TIMEOUT_SECONDS,
    ) -> None:
        self.path = path
        if not is_new_allowed and not path.exists():
            raise InputError(
                str(path),
                "no such store",
                "Run `demur run` first, or name it: --store.",
            )
        self._engine = sa.create_engine(
            # A URL of parts: a name may hold a ? or a %, or be ":memory:".
            sa.URL.create("sqlite", database=str(path.absolute())),
            connect_args={"timeout": wait_seconds},
        )
        event.listen(self._engine, "connect", _set_up_connection)
        try:
            self._open(version)
        except BaseException:
            self._engine.dispose()
            raise

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    def _open(self, version: str) -> None:
        with self._begin() as connection:
            is_empty = not sa.inspect(connection).get_table_names()
        if is_empty:
            self._make_tables(version)
        with self._begin() as connection:
            self._refuse_foreign(connection)
            found, wrote = connection.execute(
                sa.select(STORE.c.schema_version, STORE.c.demur)
            ).one()
        if found > SCHEMA_VERSION:
            raise StoreVersionError(
                str(self.path),
                f"written by demur {wrote} (store version {found}); this demur reads "
                f"up to version {SCHEMA_VERSION}",
                "Run: pip install --upgrade demur   (or use another file: --store)",
            )

    def _make_tables(self, version: str) -> None:
        """All tables and their version, or none, unless another process was first."""
        with self._begin("IMMEDIATE") as connection:
            if not sa.inspect(connection).get_table_names():
                METADATA.create_all(connection)
                row = {"schema_version": SCHEMA_VERSION, "demur": version}
                connection.execute(sa.insert(STORE).values(row))

    def _refuse_foreign(self, connection: sa.Connection) -> None:
        if not _is_ours(connection.connection.driver_connection):
            raise InputError(
                str(self.path),
                "is a database, but not a store of demur's",
                "Name another file: --store FILE",
            )

    @contextmanager
    def _begin(
        self, mode: Literal["DEFERRED", "IMMEDIATE"] = "DEFERRED"
    ) -> Iterator[sa.Connection]:
        """A transaction; the driver's errors become ours here and nowhere else.

        Deferred, it reads one state of the file; immediate, it is the one writer. The
        driver by itself would begin neither for reads nor for the making of tables.
        """
        try:
            with self._engine.begin() as connection:
                connection.exec_driver_sql(f"BEGIN {mode}")
                yield connection
        except sa.exc.OperationalError as error:
            if "locked" in str(error.orig) or "busy" in str(error.orig):
                raise StoreInUseError(
                    str(self.path),
                    f"{', '.join(openers(self.path)) or 'another program'} holds it "
                    "locked, and did not let go",
                    "Close what has it open, or use another file: --store FILE",
                ) from error
            raise StoreError(f"{self.path}: {error.orig}.\n  {_DISK_HINT}") from error
        except sa.exc.IntegrityError as error:
            raise StoreError(f"{self.path}: {error.orig}.\n  {_TWICE_HINT}") from error
        except sa.exc.DatabaseError as error:
            if "not a database" in str(error.orig):
                raise InputError(
                    str(self.path),
                    "is not a store of demur's",
                    "Name another file: --store FILE",
                ) from error
            raise StoreError(f"{self.path}: {error.orig}.\n  {_DISK_HINT}") from error

    def check_writable(self) -> None:
        """Raise what an `add` would raise, before there is anything to lose.

        Raises:
            StoreInUseError: If another program holds the file locked.
            StoreError: If it cannot be written.
        """
        with self._begin("IMMEDIATE"):
            pass

    def start_run(self, header: RunHeader, suite: Suite) -> None:
        """Keep a run's header, and its suite unless it is kept already."""
        digest = header.suite_digest
        with self._begin("IMMEDIATE") as connection:
            kept = sa.select(SUITES.c.digest).where(SUITES.c.digest == digest)
            if connection.execute(kept).first() is None:
                row = {"digest": digest, "body": _to_text(suite)}
                connection.execute(sa.insert(SUITES).values(row))
            row = {
                "id": header.id,
                "key": header.key,
                "suite_digest": digest,
                "body": _to_text(header),
            }
            connection.execute(sa.insert(RUNS).values(row))

    def runs(self) -> Sequence[RunHeader]:
        """Every run's header, oldest first."""
        with self._begin() as connection:
            query = sa.select(RUNS.c.body).order_by(RUNS.c.number)
            bodies = connection.execute(query).scalars().all()
        return [_from_text(body, RunHeader) for body in bodies]

    def add(self, run_id: str, records: Iterable[Record]) -> None:
        """Add records to a run in one transaction."""
        with self._begin("IMMEDIATE") as connection:
            for record in records:
                row = {
                    "run_id": run_id,
                    "trial_id": record.trial_id,
                    "body": _to_text(record),
                }
                if isinstance(record, Judgement | FailedJudgement):
                    row["judge"] = record.judge
                connection.execute(sa.insert(_TABLES[type(record)]).values(row))

    def outcomes(self, run_id: str, judge: str) -> Sequence[Outcome]:
        """Every trial of a run with what is known of it, in the suite's order."""
        with self._begin() as connection:
            query = (
                sa.select(SUITES.c.body, RUNS.c.body)
                .join(RUNS, RUNS.c.suite_digest == SUITES.c.digest)
                .where(RUNS.c.id == run_id)
            )
            suite_body, header_body = connection.execute(query).one()
            transcripts = _by_trial(connection, TRANSCRIPTS, Transcript, run_id)
            failures = _by_trial(connection, FAILED_TRIALS, FailedTrial, run_id)
            judgements = _by_trial(connection, JUDGEMENTS, Judgement, run_id, judge)
            broken = _by_trial(
                connection, FAILED_JUDGEMENTS, FailedJudgement, run_id, judge
            )
        header = _from_text(header_body, RunHeader)
        return [
            Outcome(
                trial=trial,
                transcript=transcripts.get(trial.id),
                failure=None if trial.id in transcripts else failures.get(trial.id),
                judgement=judgements.get(trial.id),
                failed_judgement=broken.get(trial.id),
            )
            for trial in _from_text(suite_body, Suite).trials(header.samples)
        ]


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


def _by_trial(
    connection: sa.Connection,
    table: sa.Table,
    kind: type[T],
    run_id: str,
    judge: str | None = None,
) -> dict[str, T]:
    """The newest record of each trial."""
    query = sa.select(table.c.trial_id, table.c.body).where(table.c.run_id == run_id)
    if judge is not None:
        query = query.where(table.c.judge == judge)
    rows = connection.execute(query.order_by(table.c.number))
    return {trial_id: _from_text(body, kind) for trial_id, body in rows}


def _to_text(record: Any) -> str:
    # Plain ASCII: lone surrogates and NULs, which models do write, survive as escapes.
    return json.dumps(msgspec.to_builtins(record))


def _from_text(body: str, kind: type[T]) -> T:
    return msgspec.convert(json.loads(body), kind)
