"""One process at a time for a plan, by a lock on the server, and who it is."""

import hashlib
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC

import psycopg
from psycopg import errors

from demur.errors import StoreInUseError
from demur.stores.postgres_session import (
    Address,
    Session,
    milliseconds,
    open_session,
    translated,
)

_NAME_BYTES = 63
"""As long as the server keeps a session's name."""

_HOLDER = """
SELECT application_name, backend_start
FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE locktype = 'advisory' AND granted AND objsubid = 1
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND (classid::bigint << 32) | objid::bigint = %s
"""


def lock_number(key: str) -> int:
    """The number that the server knows a key by: 64 bits of its hash, with a sign."""
    digest = hashlib.sha256(f"demur:{key}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


@contextmanager
def sole_follower(
    address: Address,
    key: str,
    command: str,
    *,
    wait_seconds: float,
    on_wait: Callable[[str], None],
) -> Iterator[None]:
    """Hold the lock of a plan; the server lets go of it when our session ends.

    Raises:
        StoreInUseError: If another process still holds it after the wait; says who.
    """
    number = lock_number(key)
    with closing(open_session(address, wait_seconds)) as session:
        try:
            _say_who_we_are(session, command)
            taken = session.execute("SELECT pg_try_advisory_lock(%s)", (number,))
            if taken.fetchone() != (True,):
                who = _holder(session, number)
                on_wait(f"{address.shown}: waiting for {who}")
                _wait(session, number, address.shown, wait_seconds)
        except psycopg.Error as error:
            raise translated(address.shown, error) from error
        yield


def _say_who_we_are(session: Session, command: str) -> None:
    name = f"{os.getpid()} on {socket.gethostname()[:20]}: {command}"
    plain = name.encode("ascii", errors="replace")[:_NAME_BYTES].decode()
    session.execute("SELECT set_config('application_name', %s, false)", (plain,))


def _wait(session: Session, number: int, shown: str, wait_seconds: float) -> None:
    limit = milliseconds(wait_seconds)
    session.execute("SELECT set_config('lock_timeout', %s, false)", (limit,))
    try:
        session.execute("SELECT pg_advisory_lock(%s)", (number,))
    except errors.LockNotAvailable as error:
        who = _holder(session, number)
        raise StoreInUseError(
            shown,
            f"{who} is asking the same, and still was after {wait_seconds:.0f} s",
            "Wait until it is done: its answers will be yours too",
        ) from error


def _holder(session: Session, number: int) -> str:
    found = session.execute(_HOLDER, (number,)).fetchone()
    place, is_ours, command = (found[0] if found else "").partition(": ")
    if found is None or not is_ours:
        return "another process"
    # When a session began is hidden from other users of the server.
    began = found[1] and found[1].astimezone(UTC).isoformat(timespec="seconds")
    return f"process {place} (`{command}`" + (f", since {began})" if began else ")")
