"""Tests of demur.clients.server."""

import base64
import copy
import json
import pickle
from urllib.parse import quote

import pytest

from demur.clients.http import Http
from demur.clients.server import Server, without_user

KEY = 'sk-"51c0ffee"/51c0ffee\\x'
URL = "https://anna:hunter2%21@llm.acme.example:8443/v1"


@pytest.mark.parametrize(
    ("url", "address", "login"),
    [
        pytest.param("http://h/v1", "http://h/v1", None, id="none"),
        pytest.param(
            "http://anna:b%40c@h/v1", "http://h/v1", b"anna:b@c", id="user, password"
        ),
        pytest.param("http://token@h/v1", "http://h/v1", b"token", id="user alone"),
        pytest.param("http://:pw@h/v1?key=x", "http://h/v1", b":pw", id="and a query"),
        pytest.param("http://h/a@b", "http://h/a@b", None, id="an @ in the path"),
        pytest.param("http://[oops/v1", "http://[oops/v1", None, id="no address"),
    ],
)
def test_a_password_is_taken_out_of_the_address_and_into_a_header(
    url: str, address: str, login: bytes | None
) -> None:
    """What is shown has none; what is sent has it where it belongs."""
    server = Server(base_url=url)

    assert server.address == address
    assert "@h" not in server.url
    if login is None:
        assert server.login is None
    else:
        assert server.login == f"Basic {base64.b64encode(login).decode()}"


@pytest.mark.parametrize(
    "echo",
    [
        pytest.param(f"Bearer {KEY}", id="key"),
        pytest.param(json.dumps({"key": KEY}), id="key in JSON"),
        pytest.param(f"?key={quote(KEY, safe='')}", id="key in a URL"),
        pytest.param(f"GET {URL}/models", id="base URL"),
        pytest.param("anna:hunter2%21", id="user and password"),
        pytest.param("hunter2!", id="password, unquoted"),
        pytest.param(
            f"Basic {base64.b64encode(b'anna:hunter2!').decode()}", id="as a header"
        ),
    ],
)
def test_no_form_of_a_secret_is_left_in_a_text(echo: str) -> None:
    """A server echoes what it got in ways of its own."""
    shown = Server(base_url=URL, key=KEY).hide(f"You sent {echo}.")

    for part in ("51c0ffee", "hunter2", "YW5uYTpodW50ZXIyIQ"):
        assert part not in shown
    assert shown.startswith("You sent ")


def test_without_secrets_nothing_is_changed() -> None:
    """No key is no reason to put words everywhere."""
    assert Server(base_url="http://h/v1").hide("as it was") == "as it was"


def test_neither_repr_nor_pickle_holds_a_secret() -> None:
    """A repr is logged, a pickle written to disk; so there is none of the latter."""
    server = Server(base_url=URL, key=KEY)
    http = Http(server, {"Authorization": f"Bearer {KEY}"})

    shown = f"{server!r} {server!s} {http!r} {http!s}"

    assert "51c0ffee" not in shown
    assert "hunter2" not in shown
    for holder in (server, http):
        with pytest.raises(TypeError, match="holds a key"):
            pickle.dumps(holder)
        with pytest.raises(TypeError, match="holds a key"):
            copy.deepcopy(holder)


def test_a_proxys_password_is_taken_out_too() -> None:
    """It is not ours to know, and may stand in an error's words."""
    text = without_user("via http://bob:pw@proxy:3128/, bob@h, //x@y")

    assert text == "via http://proxy:3128/, bob@h, //y"
