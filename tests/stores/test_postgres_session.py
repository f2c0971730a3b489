"""Tests of demur.stores.postgres_session."""

from contextlib import closing
from dataclasses import replace

import pytest
from tests.postgres import PASSWORD, Database

from demur.errors import InputError, StoreError
from demur.stores.postgres_session import (
    milliseconds,
    one_line,
    open_session,
    read_address,
    translated,
)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        pytest.param(
            "postgresql://ann:secret@host:5433/team",
            "postgresql://ann@host:5433/team",
            id="all of it",
        ),
        pytest.param(
            "postgres://ann:secret@host/team", "postgresql://ann@host/team", id="short"
        ),
        pytest.param("postgresql:///team", "postgresql:///team", id="a database only"),
        pytest.param(
            "postgresql://host/team?user=ann&password=secret&sslmode=require",
            "postgresql://ann@host/team",
            id="a password among the options",
        ),
        pytest.param(
            "postgresql:///team?host=/run/pg&port=5433&options=-csearch_path%3Da",
            "postgresql:///team?host=/run/pg&port=5433",
            id="a socket",
        ),
        pytest.param(
            "postgresql://ann:secret@[::1]:5432/team",
            "postgresql://ann@[::1]:5432/team",
            id="an address of the new kind",
        ),
        pytest.param(
            "postgresql://ann:se%2Fc%40r%3Aet@host/team",
            "postgresql://ann@host/team",
            id="a password with signs that a URL has a use for",
        ),
    ],
)
def test_an_address_is_shown_without_its_password(url: str, shown: str) -> None:
    """Nor with options, which may hold one."""
    address = read_address(url)

    assert address.shown == shown
    assert "secret" not in repr(address)


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("postgresql://zoe:secr/et@host/team", id="a slash"),
        pytest.param("postgresql://zoe:123/et@host/team", id="digits and a slash"),
        pytest.param("postgresql://zoe:secr@et@host/team", id="an at"),
        pytest.param("postgresql://zoe:secr%et@host/team", id="a percent sign"),
        pytest.param("postgresql://zoe/secr?et@host/team", id="a question mark"),
        pytest.param("postgresql:/zoe:secret@host/team", id="one slash too few"),
        pytest.param("postgresql://host/team?secret", id="an option without a value"),
        pytest.param("postgresql://host/team?colour=red", id="an unknown option"),
        pytest.param("postgresql://zoe:secret", id="no host"),
        pytest.param("postgresql://host/one/two", id="two databases"),
    ],
)
def test_an_address_that_could_be_misread_is_refused_unseen(url: str) -> None:
    """A part of the password may stand where the host should: nothing is quoted."""
    with pytest.raises(InputError) as caught:
        read_address(url)

    error = caught.value
    assert error.where == "--store postgresql://…"
    assert error.problem == "cannot be read"
    assert "%2F for /" in error.hint
    assert error.__context__ is None
    assert not any(word in str(error) for word in ("secr", "et@", "team", "zoe"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param(
            {"password": "wrong"},
            'password authentication failed for user "demur"',
            id="a wrong password",
        ),
        pytest.param(
            {"dbname": "none"}, 'database "none" does not exist', id="no such database"
        ),
        pytest.param({"port": "1"}, "Connection refused", id="nobody listens"),
        pytest.param(
            {"host": "localhost", "port": "1"}, "Connection refused", id="on no address"
        ),
        pytest.param(
            {"host": "/nowhere"}, "No such file or directory", id="no such socket"
        ),
        pytest.param(
            {"sslmode": "require"}, "server does not support SSL", id="no encryption"
        ),
        pytest.param(
            {"options": "-ccolour=red"}, "unrecognized configuration", id="an option"
        ),
    ],
)
def test_a_server_that_does_not_let_us_in_is_the_users_to_mend(
    server: Database, change: dict[str, str], said: str
) -> None:
    """One line of the server's own words, where it happened, and what to look at."""
    address = read_address(server.url)
    wrong = replace(address, parameters={**address.parameters, **change})

    with pytest.raises(InputError) as caught:
        open_session(wrong, 1)

    what, hint = str(caught.value).splitlines()
    assert what.startswith(f"{server.shown}: cannot be opened (")
    assert said in what
    assert hint.startswith("  Check that the server runs")
    assert PASSWORD not in str(caught.value)


def test_a_session_is_kept_alive_and_may_be_idle(server: Database) -> None:
    """A slow target must not cost the session, nor a dead machine keep its locks."""
    address = read_address(server.url)

    with closing(open_session(address, 0.25)) as session:
        found = {
            name: session.execute("SELECT current_setting(%s)", (name,)).fetchone()
            for name in ("tcp_keepalives_idle", "idle_session_timeout", "lock_timeout")
        }

    assert found == {
        "tcp_keepalives_idle": ("30",),
        "idle_session_timeout": ("0",),
        "lock_timeout": ("250ms",),
    }


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        pytest.param(10, "10000ms", id="ten seconds"),
        pytest.param(0.0004, "1ms", id="less than it can say"),
        pytest.param(0, "1ms", id="none: 0 would mean for ever"),
    ],
)
def test_a_wait_is_never_without_end(seconds: float, written: str) -> None:
    """The server takes 0 for no limit."""
    assert milliseconds(seconds) == written


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        pytest.param("", "no reason given", id="nothing"),
        pytest.param("it  broke.\n\tIs it on?", "it broke", id="advice below"),
        pytest.param(
            "Several attempts failed. They were:\n- host 'a': a failed: x\n- host 'b': "
            "b failed: y",
            "host 'b': b failed: y",
            id="several attempts",
        ),
        pytest.param("x" * 1000, "x" * 300, id="a long one"),
    ],
)
def test_a_message_is_one_line(said: str, shown: str) -> None:
    """Whatever the driver made of it."""
    assert one_line(ValueError(said)) == shown


def test_an_unknown_error_is_the_stores_fault() -> None:
    """Exit code 4, and the same command continues."""
    error = translated("postgresql://host/db", ValueError("odd"))

    assert isinstance(error, StoreError)
    assert str(error).startswith("postgresql://host/db: odd.\n  Check the server")
