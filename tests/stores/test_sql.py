"""Tests of demur.stores.sql: how the statements are sent, to a file and a server."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from tests.makers import make_case, make_header, make_suite, make_transcript
from tests.postgres import Database

from demur.flows.store_places import find_place
from demur.records.verdict import Judgement, Verdict
from demur.stores.base import Store

SUITE = make_suite(*[make_case(f"c-{number}") for number in range(500)])


@pytest.fixture(
    params=[pytest.param("file", id="file"), pytest.param("server", id="server")]
)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A new store with one run of 500 trials."""
    address = str(tmp_path / "s.sqlite")
    if request.param == "server":
        database: Database = request.getfixturevalue("schema")
        address = database.url
    with closing(find_place(address).open("0.1.0")) as store:
        store.start_run(make_header(), SUITE)
        yield store


@contextmanager
def sent() -> Iterator[list[tuple[str, Any]]]:
    """The inserts that are sent meanwhile, each with its rows."""
    found: list[tuple[str, Any]] = []

    def look(_c: Any, _u: Any, statement: str, rows: Any, *_: Any) -> None:
        if statement.startswith("INSERT"):
            found.append((statement.split()[2], rows))

    event.listen(sa.Engine, "before_cursor_execute", look)
    try:
        yield found
    finally:
        event.remove(sa.Engine, "before_cursor_execute", look)


def test_a_batch_is_one_statement_for_each_table(store: Store) -> None:
    """500 answers on a server far away are one journey, not 500."""
    transcripts = [make_transcript(trial.id) for trial in SUITE.trials()]
    judgements = [
        Judgement(trial_id=trial.id, judge="j@1", verdict=Verdict.REFUSED)
        for trial in SUITE.trials()
    ]

    with sent() as inserts:
        store.add("r1", [*transcripts, *judgements])

    assert [(table, len(rows)) for table, rows in inserts] == [
        ("transcripts", 500),
        ("judgements", 500),
    ]
    assert {each.missing for each in store.outcomes("r1", "j@1")} == {None}


def test_judgements_are_sent_in_one_order(store: Store) -> None:
    """Two who judge the same trials in opposite orders would wait for each other."""
    judgements = [
        Judgement(
            trial_id=f"c-{number}@general#1", judge=judge, verdict=Verdict.REFUSED
        )
        for number, judge in [(2, "b@1"), (1, "b@1"), (2, "a@1"), (0, "a@1")]
    ]

    with sent() as inserts:
        store.add("r1", judgements)
        store.add("r1", reversed(judgements))

    first, second = (rows for _, rows in inserts)
    assert first == second


def test_no_records_are_no_statement(store: Store) -> None:
    """A judge with nothing to do costs nothing."""
    with sent() as inserts:
        store.add("r1", [])

    assert inserts == []
