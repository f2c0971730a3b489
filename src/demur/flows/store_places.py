"""From what a user names as a store to the place that it means."""

import re
from pathlib import Path

from demur.errors import InputError, MissingExtraError
from demur.extras import load_extra
from demur.stores.base import StorePlace
from demur.stores.sqlite import SqliteFile

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_POSTGRES = ("postgresql:", "postgres:")


def find_place(address: str) -> StorePlace:
    """The file, or the database on a server, that an address means.

    Raises:
        InputError: If it is an address of another kind, or cannot be read as one.
        MissingExtraError: If the library for it is not installed.
    """
    if address.startswith(_POSTGRES):
        return _on_postgres(address)
    scheme = _SCHEME.match(address)
    if scheme:
        problem = f"no store can be kept at {scheme[1]}://"
        hint = "Name a file, or postgresql://USER:PASSWORD@HOST:PORT/DATABASE"
        raise InputError("--store", problem, hint)
    return SqliteFile(Path(address))


def _on_postgres(address: str) -> StorePlace:
    try:
        module = load_extra("demur.stores.postgres", "psycopg", "postgres")
    except MissingExtraError:
        raise
    except ImportError as error:  # psycopg is there, and the library below it is not
        where = "extra 'postgres'"
        raise MissingExtraError.of(where, "psycopg's libpq", "postgres") from error
    place: StorePlace = module.PostgresServer(address)
    return place
