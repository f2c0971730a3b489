"""Tests of demur.stores.postgres: what is particular to a server's database."""

import pickle
import subprocess
import sys
from contextlib import closing
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from tests.makers import make_case, make_header, make_suite, make_transcript
from tests.postgres import ENCODED, PASSWORD, Database

from demur.errors import InputError, StoreError, StoreInUseError, StoreVersionError
from demur.records.transcript import FailedTrial
from demur.records.verdict import FailedJudgement, Judgement, Verdict
from demur.stores.postgres import PostgresServer
from demur.stores.tables import METADATA

SUITE = make_suite(make_case("car"))
CAR = "car@general#1"
JUDGED = Judgement(trial_id=CAR, judge="j@1", verdict=Verdict.REFUSED)


def made(database: Database) -> Database:
    """A store with one run, closed."""
    with closing(PostgresServer(database.url).open("0.1.0")) as store:
        store.start_run(make_header(), SUITE)
    return database


def with_user(server: Database, name: str, *rights: str) -> Database:
    """The same place for a user who owns nothing, with these rights to it."""
    server.ask(f"CREATE ROLE {name} LOGIN PASSWORD '{PASSWORD}'")
    server.ask(f"GRANT USAGE ON SCHEMA {server.schema} TO {name}")
    for right in rights:
        server.ask(f"GRANT {right} SCHEMA {server.schema} TO {name}")
    return Database(server.port, server.name, server.schema, name)


def tables(database: Database) -> list[str]:
    """What the schema holds."""
    query = "SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY 1"
    return [name for (name,) in database.ask(query, database.schema)]


def test_the_database_is_only_added_to(schema: Database) -> None:
    """With a lock on every row that is there, all that a store can do still works.

    The lock is a trigger: it fails any statement that changes or removes a row.
    """
    made(schema)
    schema.ask(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE 'a row was changed'; END $$"
    )
    for table in tables(schema):
        schema.ask(
            f"CREATE TRIGGER refuse BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse()"
        )
    failed = FailedTrial(trial_id=CAR, error="E", message="m")
    broken = FailedJudgement(trial_id=CAR, judge="j@1", error="E", message="m")

    with closing(PostgresServer(schema.url).open("0.2.0")) as store:
        store.start_run(make_header("r2"), SUITE)
        store.add("r2", [failed, make_transcript(CAR)])
        store.add("r2", [broken, JUDGED, JUDGED])
        found = store.outcomes("r2", "j@1")[0]

    assert sorted(METADATA.tables) == tables(schema)
    assert (found.transcript, found.judgement) == (make_transcript(CAR), JUDGED)


def test_a_report_shows_one_state_of_a_run(schema: Database) -> None:
    """What another process adds between two of our statements is seen by neither."""
    place = PostgresServer(made(schema).url)
    added: list[Judgement] = []

    with closing(place.open("0")) as reader, closing(place.open("0")) as writer:

        def add_meanwhile(_c: Any, _u: Any, statement: str, *_: Any) -> None:
            if statement.startswith("SELECT judgements") and not added:
                added.append(JUDGED)
                writer.add("r1", [make_transcript(CAR), JUDGED])

        event.listen(sa.Engine, "before_cursor_execute", add_meanwhile)
        try:
            (first,) = reader.outcomes("r1", "j@1")
            (second,) = reader.outcomes("r1", "j@1")
        finally:
            event.remove(sa.Engine, "before_cursor_execute", add_meanwhile)

    assert (first.transcript, first.judgement) == (None, None)
    assert (second.transcript, second.judgement) == (make_transcript(CAR), JUDGED)


_OPEN_MANY = """
import sys
from contextlib import closing
from demur.stores.postgres import PostgresServer

print("ready", flush=True)
sys.stdin.readline()
for url in sys.argv[1:]:
    with closing(PostgresServer(url).open("0.1.0")) as store:
        store.runs()
"""


def test_processes_that_open_a_new_store_at_once_all_get_it(server: Database) -> None:
    """Two commands started together on nothing: one makes it, both use it."""
    places = [Database(server.port, server.name, f"many{each}") for each in range(4)]
    for place in places:
        server.ask(f"CREATE SCHEMA {place.schema}")
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", _OPEN_MANY, *[place.url for place in places]],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"

    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()

    assert [process.communicate()[1] for process in processes] == [""] * 4
    assert [process.returncode for process in processes] == [0] * 4


def test_a_newer_store_is_refused_and_left_as_it_is(schema: Database) -> None:
    """We do not know what its tables mean."""
    made(schema).ask("UPDATE store SET schema_version = 2, demur = '7.1.0'")
    schema.ask("ALTER TABLE transcripts RENAME TO answers")
    before = tables(schema)

    with pytest.raises(StoreVersionError) as caught:
        PostgresServer(schema.url).open("0.1.0")

    assert str(caught.value) == (
        f"{schema.shown}: written by demur 7.1.0 (store version 2); this demur reads "
        "up to version 1.\n"
        "  Run: pip install --upgrade demur   (or use another store: --store)"
    )
    assert tables(schema) == before


@pytest.mark.parametrize(
    "table",
    [
        pytest.param("customers (name TEXT)", id="a table we do not know"),
        pytest.param("store (goods TEXT)", id="a table of the same name as ours"),
        pytest.param("runs (id TEXT, key TEXT)", id="a table that we have too"),
    ],
)
def test_another_programs_database_is_left_as_it_is(
    schema: Database, table: str
) -> None:
    """No table is added, and it is found out before anything is asked."""
    schema.ask(f"CREATE TABLE {table}")
    place = PostgresServer(schema.url)

    with pytest.raises(InputError) as caught:
        place.open("0.1.0")

    assert str(caught.value) == (
        f"{schema.shown}: is a database, but not a store of demur's.\n"
        "  Name another: --store FILE, or --store URL"
    )
    assert place.exists()
    assert tables(schema) == [table.split(maxsplit=1)[0]]


def test_an_empty_database_in_which_nothing_may_be_made_is_refused(
    schema: Database,
) -> None:
    """As a new user finds the schema public: said before anything is asked."""
    user = with_user(schema, "maker_not")

    with pytest.raises(InputError) as caught:
        PostgresServer(user.url).check()

    assert str(caught.value) == (
        f"{user.shown}: is empty, and its user may not make tables there.\n"
        "  Let its user make and fill tables there, most simply as the database's "
        "owner: createdb --owner USER DATABASE"
    )


def test_who_may_only_read_can_report_and_not_add(schema: Database) -> None:
    """A reader's right is enough to read; that it is no more is said in time."""
    reader = with_user(made(schema), "reader", "SELECT ON ALL TABLES IN")
    place = PostgresServer(reader.url)
    place.check()

    with closing(place.open("0.1.0", is_new_allowed=False)) as store:
        assert store.runs() == [make_header()]
        with pytest.raises(InputError, match="may not add to it"):
            store.check_writable()
        with pytest.raises(InputError, match="permission denied for table transcr"):
            store.add("r1", [make_transcript(CAR)])


def test_who_may_add_needs_no_further_right(schema: Database) -> None:
    """To read and to insert: the store's numbers count themselves."""
    writer = with_user(made(schema), "writer", "SELECT, INSERT ON ALL TABLES IN")

    with closing(PostgresServer(writer.url).open("0.1.0")) as store:
        store.check_writable()
        store.start_run(make_header("r2"), SUITE)
        store.add("r2", [make_transcript(CAR), JUDGED])

        assert store.outcomes("r2", "j@1")[0].judgement == JUDGED


def test_a_server_that_only_reads_is_found_out_before_anything_is_asked(
    schema: Database,
) -> None:
    """As a copy of another server is, or a database under repair."""
    url = made(schema).url + "%20-cdefault_transaction_read_only%3Don"

    with (
        closing(PostgresServer(url).open("0.1.0")) as store,
        pytest.raises(InputError, match="the server only reads"),
    ):
        store.check_writable()


def test_a_connection_that_is_lost_adds_nothing_and_says_so(schema: Database) -> None:
    """The server was restarted: one line, no traceback, and what was added stays."""
    place = PostgresServer(made(schema).url)
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE %s"

    with closing(place.open("0.1.0")) as store:
        store.start_run(make_header("r2"), SUITE)
        schema.ask(f"{end} AND pid <> pg_backend_pid()", "COMMIT%")
        with pytest.raises(StoreError) as caught:
            store.add("r1", [make_transcript(CAR)])

    what, hint = str(caught.value).splitlines()
    assert what.startswith(f"{schema.shown}: ")
    assert hint == (
        "  Check the server and the network. Then run the same command again: it "
        "continues where this one stopped."
    )
    with closing(place.open("0.1.0")) as store:
        assert store.outcomes("r1", "any")[0].missing == "not asked"
        assert store.runs() == [make_header(), make_header("r2")]


def test_a_server_that_goes_away_is_no_wrong_address(database: Database) -> None:
    """Once we were in, that we cannot get in again is the server's fault."""
    made(database)
    with closing(PostgresServer(database.url).open("0.1.0")) as store:
        database.ask(f"CREATE DATABASE aside_{database.name}")
        aside = Database(database.port, f"aside_{database.name}")
        aside.ask(f"DROP DATABASE {database.name} WITH (FORCE)")
        messages = []
        for _ in range(2):
            with pytest.raises(StoreError) as caught:
                store.runs()
            messages.append(str(caught.value))
        aside.ask(f"CREATE DATABASE {database.name}")
    database.ask(f"DROP DATABASE {aside.name}")

    assert "cannot be opened" in messages[1]


def test_a_table_that_is_locked_for_long_is_said(schema: Database) -> None:
    """A backup or an administrator holds it; we wait, and not for ever."""
    place = PostgresServer(made(schema).url)

    with closing(place.open("0.1.0", wait_seconds=0.05)) as store:
        with (
            schema.locked("transcripts"),
            pytest.raises(StoreInUseError, match="holds it locked"),
        ):
            store.add("r1", [make_transcript(CAR)])

        store.add("r1", [make_transcript(CAR)])


def test_the_password_is_in_no_text(schema: Database) -> None:
    """Not in what is shown, nor in what a debugger or a crash report prints."""
    place = PostgresServer(made(schema).url)

    with closing(place.open("0.1.0")) as store:
        engine = store._backend.engine  # noqa: SLF001 # nobody else can look
        texts = [
            *(repr(place), str(place), place.shown),
            *(repr(store), repr(engine), repr(engine.url), str(vars(store))),
            repr(vars(place)),
        ]

    assert place.shown == schema.shown
    assert [text for text in texts if PASSWORD in text or ENCODED in text] == []


def test_an_error_holds_no_password(schema: Database) -> None:
    """Nor does it when it travels between processes."""
    wrong = schema.url.replace("s3cr", "wrong")

    with pytest.raises(InputError) as caught:
        PostgresServer(wrong).exists()

    error = pickle.loads(pickle.dumps(caught.value))
    text = f"{error!r} {error} {caught.value.__cause__!r}"
    assert "password authentication failed" in text
    assert "wrong" not in text
    assert "%2F" not in text
    assert "\n" not in error.problem
