"""From the address of a PostgreSQL database to sessions with it, and their errors."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import errors
from psycopg.conninfo import conninfo_to_dict

from demur.errors import DemurError, InputError, StoreError, StoreInUseError
from demur.stores.backend import TWICE_HINT

Session = psycopg.Connection[tuple[Any, ...]]

FORM = "postgresql://USER:PASSWORD@HOST:PORT/DATABASE"

RIGHTS_HINT = (
    "Let its user make and fill tables there, most simply as the database's owner: "
    "createdb --owner USER DATABASE"
)
_FORM_HINT = (
    f"Write it as {FORM}, and in the password %2F for /, %40 for @, %3A for :, "
    "%25 for %. Or leave the password out and put it into ~/.pgpass"
)
_ENTER_HINT = (
    "Check that the server runs and can be reached, and the user, the password and the "
    "database in the address"
)
_LOST_HINT = (
    "Check the server and the network. Then run the same command again: it continues "
    "where this one stopped."
)
_ALIVE = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
"""Seconds, seconds and times: a machine that is gone is missed after a minute."""

_SETTINGS = {
    **{f"tcp_{name}": str(number) for name, number in _ALIVE.items()},
    "idle_session_timeout": "0",  # a slow target keeps us idle, and that is no fault
}
_SET = (
    "SELECT set_config(name, value, false) FROM pg_settings "
    "JOIN (SELECT key AS name, value FROM json_each_text(%s)) AS wanted USING (name)"
)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a database is and how to get in.

    Attributes:
        shown: What messages call it: without password and options.
        parameters: For libpq; with the password, so never shown.
    """

    shown: str
    parameters: Mapping[str, Any] = field(repr=False)


def read_address(text: str) -> Address:
    """The address that a URL means.

    Raises:
        InputError: If it cannot be read, or only by taking a part of the password for
            something else. No part of the URL is shown.
    """
    try:
        found = conninfo_to_dict(text)
    except psycopg.ProgrammingError:
        found = {}
    named = {name: str(found.get(name) or "") for name in ("host", "port", "dbname")}
    is_misread = "@" in "".join(named.values()) or "/" in named["dbname"]
    if not found or is_misread or not re.fullmatch(r"[\d,]*", named["port"]):
        # Not from the driver's error, which quotes what may be the password.
        raise InputError("--store postgresql://…", "cannot be read", _FORM_HINT)
    shown = _shown(str(found.get("user") or ""), **named)
    return Address(shown=shown, parameters=found)


def _shown(user: str, host: str, port: str, dbname: str) -> str:
    at = f"{user}@" if user else ""
    if host.startswith("/"):
        place = f"/{dbname}?host={host}" + (f"&port={port}" if port else "")
    else:
        name = f"[{host}]" if ":" in host else host
        place = f"{name}:{port}/{dbname}" if port else f"{name}/{dbname}"
    return f"postgresql://{at}{place}"


def open_session(address: Address, wait_seconds: float) -> Session:
    """A session, outside of any transaction, to be closed by the caller.

    Args:
        address: Of the database.
        wait_seconds: How long a statement waits for another's lock.

    Raises:
        InputError: If the server is not there or does not let us in.
    """
    defaults = {"connect_timeout": 10, "application_name": "demur", **_ALIVE}
    wanted = {**_SETTINGS, "lock_timeout": milliseconds(wait_seconds)}
    try:
        session = psycopg.connect(
            **{**defaults, **address.parameters, "client_encoding": "utf8"},
            autocommit=True,
        )
        session.execute(_SET, (json.dumps(wanted),))
    except psycopg.Error as error:
        problem = f"cannot be opened ({one_line(error)})"
        raise InputError(address.shown, problem, _ENTER_HINT) from error
    return session


def milliseconds(seconds: float) -> str:
    """A time as the server's settings have it; never 0, which means for ever."""
    return f"{max(1, round(seconds * 1000))}ms"


def translated(shown: str, error: BaseException | None) -> DemurError:
    """The driver's error as one of ours."""
    said = one_line(error)
    match error:
        case errors.IntegrityError():
            return StoreError(f"{shown}: {said}.\n  {TWICE_HINT}")
        case errors.LockNotAvailable():
            problem = "another program holds it locked, and did not let go"
            hint = "Wait until it is done, or use another store: --store"
            return StoreInUseError(shown, problem, hint)
        case (
            errors.InsufficientPrivilege()
            | errors.ReadOnlySqlTransaction()
            | errors.InvalidSchemaName()
        ):
            return InputError(shown, said, RIGHTS_HINT)
        case _:
            return StoreError(f"{shown}: {said}.\n  {_LOST_HINT}")


def one_line(error: BaseException | None) -> str:
    """What the server or the driver says first; never more than 300 characters."""
    said = isinstance(error, psycopg.Error) and error.diag.message_primary
    lines = [line.strip() for line in (said or str(error)).splitlines()]
    failures = [line for line in lines if "failed" in line]
    line = failures[-1] if failures else next(filter(None, lines), "no reason given")
    plain = line.removeprefix("- ").removeprefix("connection failed: ").rstrip(".")
    return " ".join(plain.split())[:300]
