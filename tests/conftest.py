"""What tests of several rooms start: a database server, once for all of them."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import pytest
from tests.postgres import INSTALL, Database, binaries, running_server

_NUMBERS = count(1)


@pytest.fixture(scope="session")
def server() -> Iterator[Database]:
    """A PostgreSQL server; the tests that need it are skipped where none can be."""
    with running_server() as database:
        yield database


@pytest.fixture
def schema(server: Database) -> Database:
    """An empty place in a database that others use too; made in a millisecond."""
    name = f"s{next(_NUMBERS)}"
    server.ask(f"CREATE SCHEMA {name}")
    return replace(server, schema=name)


@pytest.fixture
def database(server: Database) -> Iterator[Database]:
    """An empty database of its own."""
    name = f"d{next(_NUMBERS)}"
    server.ask(f"CREATE DATABASE {name}")
    yield replace(server, name=name)
    server.ask(f"DROP DATABASE {name} WITH (FORCE)")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was left out is said at the end, not only counted."""
    if terminalreporter.stats.get("skipped") and binaries() is None:
        terminalreporter.write_line(f"WARNING: {INSTALL}")
