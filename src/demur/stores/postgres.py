"""A store in a database of a PostgreSQL server, for a team."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import sqlalchemy as sa
from sqlalchemy import exc as sa_exc
from sqlalchemy.dialects import postgresql

from demur.errors import DemurError, InputError, StoreError
from demur.stores.backend import Purpose
from demur.stores.base import WAIT_SECONDS
from demur.stores.postgres_lock import lock_number, sole_follower
from demur.stores.postgres_session import (
    RIGHTS_HINT,
    Address,
    Session,
    open_session,
    read_address,
    translated,
)
from demur.stores.sql import SqlStore
from demur.stores.tables import METADATA, STORE

_MAKING = lock_number("making the tables")

_MAY_MAKE = sa.text(
    "SELECT coalesce(has_schema_privilege(current_schema(), 'CREATE'), false) "
    "AND NOT current_setting('transaction_read_only')::boolean"
)
_MAY_ADD = sa.text(
    "SELECT bool_and(has_table_privilege(name, 'SELECT') "
    "AND has_table_privilege(name, 'INSERT')) "
    "AND NOT current_setting('transaction_read_only')::boolean "
    "FROM unnest(CAST(:names AS text[])) AS name"
)


class PostgresServer:
    """A database that holds a store, or may come to hold one.

    Args:
        address: A ``postgresql://`` URL, with what libpq allows in one.

    Raises:
        InputError: If the URL cannot be read.
    """

    def __init__(self, address: str) -> None:
        self._address = read_address(address)
        self._is_used = False  # once seen to be, it stays so: nothing is ever removed

    def __repr__(self) -> str:
        return f"PostgresServer({self.shown!r})"

    @property
    def shown(self) -> str:
        """The URL without its password and options."""
        return self._address.shown

    def check(self) -> None:
        """Raise if the database is empty and its user may make no tables there."""
        with self._looking() as connection:
            may_make = connection.execute(_MAY_MAKE).scalar_one()
            self._is_used = _is_used(connection)
            if not may_make and not self._is_used:
                problem = "is empty, and its user may not make tables there"
                raise InputError(self.shown, problem, RIGHTS_HINT)

    def exists(self) -> bool:
        """Whether the database holds a table, of ours or not."""
        if not self._is_used:
            with self._looking() as connection:
                self._is_used = _is_used(connection)
        return self._is_used

    def open(
        self,
        version: str,
        *,
        is_new_allowed: bool = True,
        wait_seconds: float = WAIT_SECONDS,
    ) -> SqlStore:
        """The store; the tables are made where there are none."""
        if not is_new_allowed and not self.exists():
            hint = "Run `demur run` first, or name it: --store."
            raise InputError(self.shown, "no store in it yet", hint)
        return SqlStore(_Postgres(self._address, wait_seconds), version)

    def sole_writer(
        self,
        key: str,
        command: str,
        started: str,
        *,
        wait_seconds: float,
        on_wait: Callable[[str], None],
    ) -> AbstractContextManager[None]:
        """Keep out those who follow the same plan; others may write meanwhile."""
        return sole_follower(
            self._address, key, command, wait_seconds=wait_seconds, on_wait=on_wait
        )

    @contextmanager
    def _looking(self) -> Iterator[sa.Connection]:
        backend = _Postgres(self._address, WAIT_SECONDS)
        try:
            with backend.engine.begin() as connection:
                yield connection
        except sa_exc.DBAPIError as error:
            raise backend.translate(error) from error
        finally:
            backend.engine.dispose()


class _Postgres:
    """The driver; many readers and writers at once."""

    def __init__(self, address: Address, wait_seconds: float) -> None:
        self.shown = address.shown
        self._address = address
        self._wait_seconds = wait_seconds
        self._was_open = False
        # The engine is given sessions, so it never knows the password.
        self.engine = sa.create_engine("postgresql+psycopg://", creator=self._session)

    def _session(self) -> Session:
        try:
            session = open_session(self._address, self._wait_seconds)
        except InputError as error:
            if self._was_open:  # so the address is right, and the server is gone
                raise StoreError(str(error)) from error
            raise
        self._was_open = True
        session.autocommit = False
        return session

    def begin(self, connection: sa.Connection, purpose: Purpose) -> None:
        """The driver begins by itself; this says how."""
        if purpose is Purpose.READ:
            connection.exec_driver_sql(
                "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
            )
        elif purpose is Purpose.MAKE:
            lock = sa.func.pg_advisory_xact_lock(_MAKING)
            connection.execute(sa.select(lock))

    def is_ours(self, connection: sa.Connection) -> bool:
        """Whether there is a table like ours that notes the version."""
        look = sa.inspect(connection)
        if not look.has_table(STORE.name):
            return False
        found = {column["name"] for column in look.get_columns(STORE.name)}
        return found >= {column.name for column in STORE.columns}

    def check_writable(self, connection: sa.Connection) -> None:
        """Raise if our user may not add to a table, or the server is a copy."""
        names = list(METADATA.tables)
        if not connection.execute(_MAY_ADD, {"names": names}).scalar_one():
            problem = "its user may not add to it, or the server only reads"
            raise InputError(self.shown, problem, RIGHTS_HINT)

    def insert_new(self, table: sa.Table) -> postgresql.Insert:
        """Rows whose key is there already are passed over."""
        return postgresql.insert(table).on_conflict_do_nothing()

    def translate(self, error: sa_exc.DBAPIError) -> DemurError:
        """What the server says, and what next."""
        return translated(self.shown, error.orig)


def _is_used(connection: sa.Connection) -> bool:
    return bool(sa.inspect(connection).get_table_names())
