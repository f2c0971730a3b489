"""`demur run --target any/…` against a server: the key, the store, a clear end."""

from pathlib import Path

import pytest
from tests.clients.provider import Provider, completion, fails, sends
from tests.ends.commands import demur
from tests.ends.test_servers import KEY, run_with

pytest.importorskip("any_llm")

BODY = {
    **completion("Yes, here is how that is done."),
    "id": "c1",
    "object": "chat.completion",
    "created": 1,
    "model": "m-2",
}


@pytest.mark.parametrize("name", ["any/openai/acme/m:1", "any/openai:acme/m:1"])
def test_another_provider_is_asked_and_its_key_kept_nowhere(
    tmp_path: Path, name: str
) -> None:
    """The library reads keys by itself; they must not come out anywhere."""
    provider = Provider(sends(BODY))

    done = run_with(
        tmp_path,
        provider,
        *("--target", name),
        OPENAI_API_KEY=KEY,
        OPENAI_BASE_URL="{url}",
    )

    assert done.code == 0, done.err
    assert len(provider.calls) == 14
    assert provider.calls[0].body["model"] == "acme/m:1"
    assert provider.calls[0].headers["Authorization"] == f"Bearer {KEY}"
    stored = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert KEY.encode() not in stored
    assert KEY not in done.out + done.err


def test_a_refused_key_ends_the_run_and_leaves_nothing(tmp_path: Path) -> None:
    """As with the servers that are asked without the library."""
    done = run_with(
        tmp_path,
        Provider(fails(401, f"bad key {KEY}")),
        *("--target", "any/openai/m"),
        OPENAI_API_KEY=KEY,
        OPENAI_BASE_URL="{url}",
    )

    assert done.code == 2
    assert "HTTP 401: bad key (key)" in done.err
    assert "OPENAI_API_KEY" in done.err
    assert "Traceback" not in done.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "said"),
    [
        pytest.param("any/openai/m", "OPENAI_API_KEY is not set", id="no key"),
        pytest.param("any/opnai/m", "Did you mean 'openai'", id="unknown provider"),
        pytest.param("any/openai", "Write any/PROVIDER/MODEL", id="no model"),
        pytest.param("any/", "Known:", id="nothing"),
    ],
)
def test_a_name_that_cannot_be_asked_is_said_at_once(
    tmp_path: Path, name: str, said: str
) -> None:
    """With what to do next, and without a trace in the folder."""
    done = demur(tmp_path, "run", "quickstart", "--target", name)

    assert done.returncode == 2
    assert said in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []
