"""The statements of a store, the same for every database."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import msgspec
import sqlalchemy as sa
from sqlalchemy import exc as sa_exc

from demur.errors import InputError, StoreVersionError
from demur.records.outcome import Outcome
from demur.records.run import RunHeader
from demur.records.suite import Suite
from demur.records.transcript import FailedTrial, Transcript
from demur.records.verdict import FailedJudgement, Judgement
from demur.stores.backend import Backend, Purpose
from demur.stores.base import Record
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

Rows = list[dict[str, str]]

_TABLES: dict[type[Record], sa.Table] = {
    Transcript: TRANSCRIPTS,
    FailedTrial: FAILED_TRIALS,
    Judgement: JUDGEMENTS,
    FailedJudgement: FAILED_JUDGEMENTS,
}


class SqlStore:
    """Runs kept in the tables of a database.

    Args:
        backend: The database. Gets the tables where it holds nothing yet.
        version: Of demur, noted in a new store.

    Raises:
        InputError: If it is a database of something else.
        StoreVersionError: If a newer demur wrote it.
        StoreInUseError: If it stays locked for longer than the backend waits.
        StoreError: If it cannot be read or made.
    """

    def __init__(self, backend: Backend, version: str) -> None:
        self._backend = backend
        try:
            self._open(version)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the database."""
        self._backend.engine.dispose()

    def _open(self, version: str) -> None:
        with self._begin(Purpose.READ) as connection:
            is_empty = not sa.inspect(connection).get_table_names()
        if is_empty:
            self._make_tables(version)
        with self._begin(Purpose.READ) as connection:
            self._refuse_foreign(connection)
            found, wrote = connection.execute(
                sa.select(STORE.c.schema_version, STORE.c.demur)
            ).one()
        if found > SCHEMA_VERSION:
            raise StoreVersionError(
                self._backend.shown,
                f"written by demur {wrote} (store version {found}); this demur reads "
                f"up to version {SCHEMA_VERSION}",
                "Run: pip install --upgrade demur   (or use another store: --store)",
            )

    def _make_tables(self, version: str) -> None:
        """All tables and their version, or none, unless another process was first."""
        with self._begin(Purpose.MAKE) as connection:
            if not sa.inspect(connection).get_table_names():
                METADATA.create_all(connection)
                row = {"schema_version": SCHEMA_VERSION, "demur": version}
                connection.execute(sa.insert(STORE).values(row))

    def _refuse_foreign(self, connection: sa.Connection) -> None:
        if not self._backend.is_ours(connection):
            raise InputError(
                self._backend.shown,
                "is a database, but not a store of demur's",
                "Name another: --store FILE, or --store URL",
            )

    @contextmanager
    def _begin(self, purpose: Purpose) -> Iterator[sa.Connection]:
        """A transaction; the driver's errors become ours here and nowhere else."""
        try:
            with self._backend.engine.begin() as connection:
                self._backend.begin(connection, purpose)
                yield connection
        except sa_exc.DBAPIError as error:
            raise self._backend.translate(error) from error

    def check_writable(self) -> None:
        """Raise what an `add` would raise, before there is anything to lose."""
        with self._begin(Purpose.WRITE) as connection:
            self._backend.check_writable(connection)

    def start_run(self, header: RunHeader, suite: Suite) -> None:
        """Keep a run's header, and its suite unless it is kept already."""
        digest = header.suite_digest
        run = {
            "id": header.id,
            "key": header.key,
            "suite_digest": digest,
            "body": _to_text(header),
        }
        with self._begin(Purpose.WRITE) as connection:
            connection.execute(
                self._backend.insert_new(SUITES),
                {"digest": digest, "body": _to_text(suite)},
            )
            connection.execute(sa.insert(RUNS), run)

    def runs(self) -> Sequence[RunHeader]:
        """Every run's header, oldest first."""
        with self._begin(Purpose.READ) as connection:
            query = sa.select(RUNS.c.body).order_by(RUNS.c.number)
            bodies = connection.execute(query).scalars().all()
        return [_from_text(body, RunHeader) for body in bodies]

    def add(self, run_id: str, records: Iterable[Record]) -> None:
        """Add records to a run in one transaction, one statement for each table."""
        rows = _rows(run_id, records)
        with self._begin(Purpose.WRITE) as connection:
            for table, of_table in rows.items():
                if table is JUDGEMENTS:
                    insert = self._backend.insert_new(table)
                    # In one order, so that two who judge the same run at once never
                    # wait for each other.
                    of_table.sort(key=lambda row: (row["trial_id"], row["judge"]))
                else:
                    insert = sa.insert(table)
                connection.execute(insert, of_table)

    def outcomes(self, run_id: str, judge: str) -> Sequence[Outcome]:
        """Every trial of a run with what is known of it, in the suite's order."""
        with self._begin(Purpose.READ) as connection:
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


def _rows(run_id: str, records: Iterable[Record]) -> dict[sa.Table, Rows]:
    """The rows of each table, in the records' order."""
    found: dict[sa.Table, Rows] = {}
    for record in records:
        row = {
            "run_id": run_id,
            "trial_id": record.trial_id,
            "body": _to_text(record),
        }
        if isinstance(record, Judgement | FailedJudgement):
            row["judge"] = record.judge
        found.setdefault(_TABLES[type(record)], []).append(row)
    return found


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
