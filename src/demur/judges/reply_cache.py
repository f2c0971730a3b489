"""Replies of judge models, kept so that the same text is never paid for twice."""

import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

_WAIT_SECONDS = 5.0
_MAKE = "CREATE TABLE IF NOT EXISTS replies (key TEXT PRIMARY KEY, text BLOB NOT NULL)"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptReply:
    """What a model answered once, and could be read."""

    text: str


class Replies(Protocol):
    """Replies by a hash of all that decides them."""

    def find(self, key: str) -> KeptReply | None:
        """The reply; None where none is kept."""
        ...

    def keep(self, key: str, reply: KeptReply) -> None:
        """Keep it, for this process at the least."""
        ...


class NoReplies:
    """Keeps nothing: every text is asked about anew."""

    def find(self, key: str) -> KeptReply | None:
        """Nothing."""
        return None

    def keep(self, key: str, reply: KeptReply) -> None:
        """Forget it."""


class FileReplies:
    """Replies in a file, shared by all commands of a user.

    It is a convenience: where the file is damaged, locked or cannot be written, the
    models are asked, and nothing fails.

    Args:
        path: Of the file; made, with its folder, with the first reply that is kept.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def find(self, key: str) -> KeptReply | None:
        """The reply, if it is there and the file can be read."""
        if not self._path.exists():
            return None
        query = "SELECT CAST(text AS BLOB) FROM replies WHERE key = ?"
        with suppress(sqlite3.Error, OSError, UnicodeDecodeError):
            with closing(self._opened()) as connection:
                row = connection.execute(query, (key,)).fetchone()
            return None if row is None else KeptReply(text=_decoded(row[0]))
        return None

    def keep(self, key: str, reply: KeptReply) -> None:
        """Write it, if the file lets us."""
        insert = "INSERT OR REPLACE INTO replies VALUES (?, ?)"
        with suppress(sqlite3.Error, OSError):
            self._make()
            with closing(self._opened()) as connection:
                connection.execute(_MAKE)
                connection.execute(insert, (key, _encoded(reply.text)))

    def _make(self) -> None:
        if not self._path.exists():
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.touch(mode=0o600)  # what models quote is nobody else's

    def _opened(self) -> sqlite3.Connection:
        # For one statement each: a model's answer takes a thousand times as long.
        connection = sqlite3.connect(
            self._path, timeout=_WAIT_SECONDS, isolation_level=None
        )
        try:
            connection.execute("PRAGMA synchronous = NORMAL")
        except BaseException:
            connection.close()
            raise
        return connection


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", errors="surrogatepass")


def _decoded(content: bytes) -> str:
    return content.decode("utf-8", errors="surrogatepass")
