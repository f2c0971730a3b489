"""Tests of demur.flows.find_run."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.makers import make_case, make_header, make_suite

from demur.errors import UnknownNameError
from demur.flows.find_run import find_run
from demur.stores.base import Store
from demur.stores.sqlite import SqliteFile
from demur.suites.digest import suite_digest


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Three runs: 26a1 and 26a2 of target old, then 26b1 of target new."""
    suite = make_suite(make_case())
    store = SqliteFile(tmp_path / "demur.sqlite").open("0")
    for run_id, target in (("26a1", "old"), ("26a2", "old"), ("26b1", "new")):
        header = make_header(run_id, digest=suite_digest(suite))
        store.start_run(replace(header, target=target), suite)
    yield store
    store.close()


@pytest.mark.parametrize(
    ("name", "run_id"),
    [
        pytest.param("last", "26b1", id="the newest"),
        pytest.param("last~1", "26a2", id="the one before"),
        pytest.param("last~2", "26a1", id="the oldest"),
        pytest.param("26a1", "26a1", id="an id"),
        pytest.param("26b", "26b1", id="the start of one id"),
        pytest.param("old", "26a2", id="a target's latest run"),
    ],
)
def test_a_name_means_one_run(store: Store, name: str, run_id: str) -> None:
    """Each way of naming a run that help promises."""
    assert find_run(store, name, "x").id == run_id


@pytest.mark.parametrize("name", ["26a", "nothing", "last~3", "last~x", ""])
def test_what_means_no_run_or_two_is_refused(store: Store, name: str) -> None:
    """The message lists the runs that there are."""
    with pytest.raises(UnknownNameError, match="Known: 26a1, 26a2, 26b1"):
        find_run(store, name, "demur.sqlite")
