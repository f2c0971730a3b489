"""Tests of demur.flows.store_places."""

import sys
from pathlib import Path

import pytest

from demur.errors import InputError, MissingExtraError
from demur.flows.store_places import find_place
from demur.stores.postgres import PostgresServer
from demur.stores.sqlite import SqliteFile


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("demur.sqlite", id="a name"),
        pytest.param("runs/a:b@c.db", id="a path with signs in it"),
        pytest.param("postgres", id="a file called like the server"),
    ],
)
def test_what_is_no_url_is_a_file(address: str) -> None:
    """As it always was."""
    assert find_place(address) == SqliteFile(Path(address))


@pytest.mark.parametrize("scheme", ["postgresql", "postgres"])
def test_a_url_is_a_server(scheme: str) -> None:
    """In the two forms that its own programs take."""
    place = find_place(f"{scheme}://ann:secret@host/team")

    assert isinstance(place, PostgresServer)
    assert place.shown == "postgresql://ann@host/team"


@pytest.mark.parametrize(
    "address", ["mysql://ann:secret@host/team", "sqlite:///x", "POSTGRESQL://x"]
)
def test_another_kind_of_url_is_refused_with_the_forms_there_are(address: str) -> None:
    """And is not made a file of; nothing but its kind is quoted."""
    with pytest.raises(InputError) as caught:
        find_place(address)

    assert str(caught.value) == (
        f"--store: no store can be kept at {address.split('://', maxsplit=1)[0]}://.\n"
        "  Name a file, or postgresql://USER:PASSWORD@HOST:PORT/DATABASE"
    )


@pytest.mark.parametrize(
    ("program", "what"),
    [
        pytest.param(
            "raise ModuleNotFoundError('psycopg', name='psycopg')",
            "psycopg",
            id="it is not there",
        ),
        pytest.param(
            "raise ImportError('no pq wrapper available')",
            "psycopg's libpq",
            id="what it needs is not there",
        ),
    ],
)
def test_a_missing_library_is_named_with_its_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, what: str
) -> None:
    """Only who keeps a store on a server needs it."""
    for name in [*sys.modules]:
        if name.partition(".")[0] == "psycopg" or "stores.postgres" in name:
            monkeypatch.delitem(sys.modules, name)
    (tmp_path / "psycopg.py").write_text(program, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)

    with pytest.raises(MissingExtraError) as caught:
        find_place("postgresql://host/team")

    assert str(caught.value) == (
        f"extra 'postgres': needs {what}, which is not installed.\n"
        "  Run: pip install 'demur[postgres]'   (in a clone: '.[postgres]')"
    )
