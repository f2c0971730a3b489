"""Law: whatever any-llm-sdk raises, we know what it means."""

import inspect
from typing import Any

import pytest

from demur.clients.server import Server
from demur.errors import DemurError, InputError, TargetError

theirs = pytest.importorskip("any_llm.exceptions")
failures = pytest.importorskip("demur.clients.any_failures")

KINDS = [
    kind
    for name, kind in inspect.getmembers(theirs, inspect.isclass)
    if issubclass(kind, theirs.AnyLLMError) and not name.startswith("_")
]


def plain(text: str) -> str:
    """Hides nothing."""
    return text


@pytest.mark.parametrize("kind", KINDS)
def test_every_exception_of_the_library_is_mapped(kind: type[Exception]) -> None:
    """A new one would be a rejected trial until somebody decides what it is."""
    assert kind in failures.FAILURES


def test_no_exception_is_mapped_that_the_library_has_not() -> None:
    """A table with dead rows hides that one was renamed."""
    assert set(failures.FAILURES) == set(KINDS)
    assert len(KINDS) > 15


@pytest.mark.parametrize(
    "kind", [kind for kind in KINDS if "message" in inspect.signature(kind).parameters]
)
def test_an_exception_without_a_status_becomes_one_of_ours(
    kind: type[Exception],
) -> None:
    """Libraries that do not speak HTTP report none."""
    known = inspect.signature(kind).parameters
    more = {"completion": None} if "completion" in known else {}
    said: dict[str, Any] = {"message": "odd", **more}
    error = kind(**said)

    found = failures.failure_from(error, Server(base_url="any/acme"), "m", plain)

    meant = failures.FAILURES[kind]
    wanted: type[DemurError] = (
        TargetError if issubclass(meant, TargetError) else InputError
    )
    assert isinstance(found, wanted)
    assert "odd" in str(found)
