"""Tests of demur.stores.masks."""

import pytest

from demur.stores.masks import without_passwords


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        pytest.param("", "", id="nothing"),
        pytest.param("demur run --seed 1", "demur run --seed 1", id="no address"),
        pytest.param(
            "--store postgresql://ann:secret@host:5432/db?sslmode=require",
            "--store postgresql://ann:***@host:5432/db?sslmode=require",
            id="a password",
        ),
        pytest.param(
            "--store=postgres://ann:se/cr:e?t@x@host/db --seed 1",
            "--store=postgres://ann:***@host/db --seed 1",
            id="a password that should have been escaped",
        ),
        pytest.param(
            "postgresql://:secret@/db", "postgresql://:***@/db", id="no user, no host"
        ),
        pytest.param(
            "postgresql:///db?user=ann&password=secret&sslpassword=secret&port=1",
            "postgresql:///db?user=ann&password=***&sslpassword=***&port=1",
            id="a password among the options",
        ),
        pytest.param(
            "--base-url http://ann:secret@host/v1 --store postgresql://b:secret@h/d",
            "--base-url http://ann:***@host/v1 --store postgresql://b:***@h/d",
            id="two addresses",
        ),
        pytest.param(
            "--base-url http://host:8000/v1",
            "--base-url http://host:8000/v1",
            id="a port is no password",
        ),
        pytest.param(
            "--store postgresql://ann@host:5432/db",
            "--store postgresql://ann@host:5432/db",
            id="a user without a password",
        ),
    ],
)
def test_a_password_is_masked_and_nothing_else(text: str, masked: str) -> None:
    """The command line goes into notes that others read."""
    assert without_passwords(text) == masked
