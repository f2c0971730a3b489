"""What the common statements need of the database below them."""

from enum import Enum, auto
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy import exc as sa_exc

from demur.errors import DemurError

TWICE_HINT = (
    "Nothing was added. If another demur works on this store, run the same command "
    "again when it is done."
)


class Purpose(Enum):
    """What a transaction is for."""

    READ = auto()
    """To read one state of the store, whatever others add meanwhile."""

    WRITE = auto()
    """To add rows."""

    MAKE = auto()
    """To make the tables, as the only one who does."""


class Backend(Protocol):
    """One database, and what is particular to its kind.

    Attributes:
        shown: What messages call it. Never holds a password.
        engine: Makes connections, for any thread.
    """

    shown: str
    engine: sa.Engine

    def begin(self, connection: sa.Connection, purpose: Purpose) -> None:
        """The first statement of a transaction."""
        ...

    def is_ours(self, connection: sa.Connection) -> bool:
        """Whether a database that holds something says it is a store of demur's."""
        ...

    def check_writable(self, connection: sa.Connection) -> None:
        """Raise if a transaction that has begun could not add a row."""
        ...

    def insert_new(self, table: sa.Table) -> Any:
        """An insert that passes over a row whose key is there already."""
        ...

    def translate(self, error: sa_exc.DBAPIError) -> DemurError:
        """The driver's error as one of ours, in one line."""
        ...
