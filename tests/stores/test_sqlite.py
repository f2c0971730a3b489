"""Tests of demur.stores.sqlite: what is particular to a SQLite file."""

import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from tests.makers import make_case, make_header, make_suite, make_transcript

from demur.errors import InputError, StoreError, StoreInUseError, StoreVersionError
from demur.records.transcript import FailedTrial
from demur.records.verdict import FailedJudgement, Judgement, Verdict
from demur.stores.sqlite import SqliteFile

ROOT = Path(__file__).parents[2]
SUITE = make_suite(make_case("car"))
CAR = "car@general#1"
JUDGED = Judgement(trial_id=CAR, judge="j@1", verdict=Verdict.REFUSED)
BROKEN = FailedJudgement(trial_id=CAR, judge="j@1", error="E", message="m")
FAILED = FailedTrial(trial_id=CAR, error="E", message="m")

_HOLD = """
import sqlite3, sys

connection = sqlite3.connect(sys.argv[1], isolation_level=None)
for statement in sys.argv[2:]:
    connection.execute(statement).fetchall()
print("held", flush=True)
sys.stdin.readline()
"""


def made(path: Path) -> Path:
    """A store with one run, closed."""
    with closing(SqliteFile(path).open("0.1.0")) as store:
        store.start_run(make_header(), SUITE)
    return path


@contextmanager
def held(path: Path, *statements: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that has the file open in a transaction."""
    command = [sys.executable, "-c", _HOLD, str(path), *statements]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder, byte by byte."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("demur.sqlite", id="the usual name"),
        pytest.param("runs?mode=memory", id="a question mark"),
        pytest.param("50%20off.sqlite", id="a percent sign"),
        pytest.param("runs#1 é.db", id="a space and more"),
        pytest.param(":memory:", id="the driver's word for no file at all"),
    ],
)
def test_the_store_is_the_file_that_was_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A name is a name: no part of it is read as an address."""
    monkeypatch.chdir(tmp_path)

    made(Path(name))

    with closing(SqliteFile(Path(name)).open("0.1.0", is_new_allowed=False)) as store:
        assert store.runs() == [make_header()]
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_an_empty_file_becomes_a_store(tmp_path: Path) -> None:
    """As mktemp makes them."""
    path = tmp_path / "s.sqlite"
    path.touch()

    with closing(SqliteFile(made(path)).open("0.1.0")) as store:
        assert store.runs() == [make_header()]


def test_a_store_that_is_not_there_is_not_made_to_be_read(tmp_path: Path) -> None:
    """A typing error in a path must not leave an empty store behind."""
    path = tmp_path / "none.sqlite"

    with pytest.raises(InputError) as caught:
        SqliteFile(path).open("0.1.0", is_new_allowed=False)

    assert str(caught.value) == (
        f"{path}: no such store.\n  Run `demur run` first, or name it: --store."
    )
    assert contents(tmp_path) == {}


@pytest.mark.parametrize("mode", ["WAL", "DELETE"])
def test_a_newer_store_is_refused_and_left_as_it_is(tmp_path: Path, mode: str) -> None:
    """We do not know what its tables mean, so we touch neither them nor its mode."""
    path = made(tmp_path / "s.sqlite")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE store SET schema_version = 2, demur = '7.1.0'")
        connection.execute("ALTER TABLE transcripts RENAME TO answers")
        connection.commit()
        connection.execute(f"PRAGMA journal_mode={mode}")
    before = contents(tmp_path)

    with pytest.raises(StoreVersionError) as caught:
        SqliteFile(path).open("0.1.0")

    assert str(caught.value) == (
        f"{path}: written by demur 7.1.0 (store version 2); this demur reads up to "
        "version 1.\n"
        "  Run: pip install --upgrade demur   (or use another store: --store)"
    )
    assert contents(tmp_path) == before


def test_the_version_that_made_a_store_stays_noted(tmp_path: Path) -> None:
    """A newer demur that opens a store of the same tables does not claim it."""
    path = made(tmp_path / "s.sqlite")

    SqliteFile(path).open("9.9.9").close()

    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT * FROM store").fetchall() == [(1, "0.1.0")]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"name: small\n" * 400, id="a suite"),
        pytest.param(b"\x1f\x8b" + bytes(5_000), id="an archive"),
    ],
)
def test_a_file_that_is_no_database_is_left_as_it_is(
    tmp_path: Path, content: bytes
) -> None:
    """--store and the suite are easily swapped on a command line."""
    path = tmp_path / "suite.yaml"
    path.write_bytes(content)

    with pytest.raises(InputError) as caught:
        SqliteFile(path).open("0.1.0")

    assert str(caught.value) == (
        f"{path}: is not a store of demur's.\n  Name another file: --store FILE"
    )
    assert contents(tmp_path) == {"suite.yaml": content}


@pytest.mark.parametrize(
    "table",
    [
        pytest.param("customers (name TEXT)", id="a table we do not know"),
        pytest.param("store (goods TEXT)", id="a table of the same name as ours"),
        pytest.param("runs (id TEXT, key TEXT)", id="a table that we have too"),
    ],
)
def test_another_programs_database_is_left_as_it_is(tmp_path: Path, table: str) -> None:
    """No table is added and no mode is set: its program would not know them."""
    path = tmp_path / "shop.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"CREATE TABLE {table}")
    before = contents(tmp_path)

    with pytest.raises(InputError) as caught:
        SqliteFile(path).open("0.1.0")

    assert str(caught.value) == (
        f"{path}: is a database, but not a store of demur's.\n"
        "  Name another: --store FILE, or --store URL"
    )
    assert contents(tmp_path) == before


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(".", id="a folder"),
        pytest.param("none/s.sqlite", id="a file in a folder that is not there"),
    ],
)
def test_a_place_that_cannot_be_opened_is_named(tmp_path: Path, name: str) -> None:
    """With the system's word for it and what to look at."""
    path = tmp_path / name

    with pytest.raises(StoreError) as caught:
        SqliteFile(path).open("0.1.0")

    assert str(caught.value) == (
        f"{path}: unable to open database file.\n"
        "  Check that its folder is there and may be written to, and that the disk has "
        "room. A damaged file can only be replaced: --store FILE"
    )


@pytest.mark.parametrize(
    ("name", "said"),
    [
        pytest.param(".", "is a folder", id="a folder"),
        pytest.param("none/s.sqlite", "its folder is not there", id="no folder"),
    ],
)
def test_a_place_where_no_store_can_be_made_is_found_out_before(
    tmp_path: Path, name: str, said: str
) -> None:
    """Before anything is asked; and no folder grows from a typing error."""
    with pytest.raises(InputError, match=said):
        SqliteFile(tmp_path / name).check()

    assert contents(tmp_path) == {}


def test_a_damaged_store_says_so(tmp_path: Path) -> None:
    """Zeros where tables were: no traceback, and nothing is made up."""
    path = made(tmp_path / "s.sqlite")
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(bytes(path.stat().st_size - 4096))

    with (
        pytest.raises(StoreError) as caught,
        closing(SqliteFile(path).open("0.1.0")) as store,
    ):
        store.runs()

    assert str(caught.value).startswith(f"{path}: database disk image is malformed.\n")
    assert "A damaged file can only be replaced" in str(caught.value)


_FULL = """
import resource, sys
from pathlib import Path
from demur.errors import StoreError
from demur.stores.sqlite import SqliteFile
from tests.makers import make_transcript

path = Path(sys.argv[1])
store = SqliteFile(path).open("0.1.0")
limit = path.stat().st_size + 200_000
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    store.add("r1", [make_transcript("car@general#1", "x" * 2_000_000)])
except StoreError as error:
    print(error)
"""


def test_a_full_disk_adds_nothing_and_says_so(tmp_path: Path) -> None:
    """In a process that may not write large files, which is as good as a full disk."""
    path = made(tmp_path / "s.sqlite")

    ended = subprocess.run(
        [sys.executable, "-c", _FULL, str(path)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )

    assert re.match(
        re.escape(str(path)) + r": (disk I/O error|database or disk is full)\.\n  "
        "Check that its folder is there .* that the disk has room",
        ended.stdout,
    )
    with closing(SqliteFile(path).open("0.1.0")) as store:
        assert store.outcomes("r1", "any")[0].missing == "not asked"


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="needs /proc")
def test_a_locked_store_names_the_process_that_holds_it(tmp_path: Path) -> None:
    """A process that can be found can be ended; 'database is locked' cannot."""
    path = made(tmp_path / "s.sqlite")
    with (
        closing(SqliteFile(path).open("0.1.0", wait_seconds=0.05)) as store,
        held(path, "BEGIN IMMEDIATE") as other,
        pytest.raises(StoreInUseError) as caught,
    ):
        store.add("r1", [make_transcript(CAR)])

    assert re.fullmatch(
        rf"{re.escape(str(path))}: process {other.pid} \(`\S+ -c import sqlite3.*`\) "
        r"holds it locked, and did not let go\.\n"
        "  Close what has it open, or use another file: --store FILE",
        str(caught.value),
    )


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="needs /proc")
@pytest.mark.parametrize(
    "is_new", [pytest.param(True, id="new"), pytest.param(False, id="old")]
)
def test_a_store_that_is_locked_from_the_start_says_so(
    tmp_path: Path, *, is_new: bool
) -> None:
    """At the opening too, whether the file holds something yet or not."""
    path = tmp_path / "s.sqlite"
    if not is_new:
        made(path)
    statements = ["PRAGMA locking_mode=EXCLUSIVE", "BEGIN EXCLUSIVE"]

    with (
        held(path, *statements) as other,
        pytest.raises(StoreInUseError, match=rf": process {other.pid} \("),
    ):
        SqliteFile(path).open("0.1.0", wait_seconds=0.05)


def test_what_was_locked_out_can_be_added_later(tmp_path: Path) -> None:
    """The lock goes with its process, and the store is as good as before."""
    path = made(tmp_path / "s.sqlite")
    with closing(SqliteFile(path).open("0.1.0", wait_seconds=0.05)) as store:
        with held(path, "BEGIN IMMEDIATE"), pytest.raises(StoreInUseError):
            store.add("r1", [make_transcript(CAR)])

        store.add("r1", [make_transcript(CAR)])

        assert store.outcomes("r1", "any")[0].transcript == make_transcript(CAR)


def test_a_store_can_be_read_while_another_process_writes(tmp_path: Path) -> None:
    """A report on a run that goes on shows what is there; it does not wait."""
    path = made(tmp_path / "s.sqlite")

    with (
        held(path, "BEGIN IMMEDIATE", "DELETE FROM runs"),
        closing(SqliteFile(path).open("0.1.0", wait_seconds=0.05)) as store,
    ):
        assert store.runs() == [make_header()]
        assert store.outcomes("r1", "any")[0].missing == "not asked"


def test_a_report_shows_one_state_of_a_run(tmp_path: Path) -> None:
    """What another process adds between two of our statements is seen by neither.

    Else a verdict could be read without the transcript that it is on.
    """
    path = made(tmp_path / "s.sqlite")
    judgement = Judgement(trial_id=CAR, judge="j@1", verdict=Verdict.REFUSED)
    reader, writer = SqliteFile(path).open("0.1.0"), SqliteFile(path).open("0.1.0")
    added: list[Judgement] = []

    def add_meanwhile(_c: Any, _u: Any, statement: str, *_: Any) -> None:
        if statement.startswith("SELECT judgements") and not added:
            added.append(judgement)
            writer.add("r1", [make_transcript(CAR), judgement])

    event.listen(sa.Engine, "before_cursor_execute", add_meanwhile)
    try:
        (first,) = reader.outcomes("r1", "j@1")
        (second,) = reader.outcomes("r1", "j@1")
    finally:
        event.remove(sa.Engine, "before_cursor_execute", add_meanwhile)
        reader.close()
        writer.close()

    assert (first.transcript, first.judgement) == (None, None)
    assert (second.transcript, second.judgement) == (make_transcript(CAR), judgement)


_KILLED_WHILE_MAKING = """
import os, signal, sys
from pathlib import Path
import sqlalchemy as sa
from sqlalchemy import event
from demur.stores.sqlite import SqliteFile

@event.listens_for(sa.Engine, "before_cursor_execute")
def kill(connection, cursor, statement, *rest):
    if statement.strip().startswith(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)

SqliteFile(Path(sys.argv[1])).open("0.1.0")
"""


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("CREATE TABLE store", id="before the first table"),
        pytest.param("CREATE TABLE transcripts", id="between two tables"),
        pytest.param("INSERT INTO store", id="before the version is noted"),
    ],
)
def test_a_store_that_was_being_made_can_still_be_made(
    tmp_path: Path, statement: str
) -> None:
    """Killed at the first command ever: the second must not find half a store."""
    path = tmp_path / "s.sqlite"

    ended = subprocess.run(
        [sys.executable, "-c", _KILLED_WHILE_MAKING, str(path), statement], check=False
    )

    assert ended.returncode == -signal.SIGKILL
    with closing(SqliteFile(made(path)).open("0.1.0")) as store:
        assert store.runs() == [make_header()]


_OPEN_MANY = """
import sys
from pathlib import Path
from demur.stores.sqlite import SqliteFile

print("ready", flush=True)
sys.stdin.readline()
for number in range(8):
    store = SqliteFile(Path(sys.argv[1]) / f"{number}.sqlite").open("0.1.0")
    store.runs()
    store.close()
"""


def test_processes_that_open_a_new_store_at_once_all_get_it(tmp_path: Path) -> None:
    """Two commands started together on a fresh folder: one makes it, both use it."""
    command = [sys.executable, "-c", _OPEN_MANY, str(tmp_path)]
    processes = [
        subprocess.Popen(
            command,
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


def test_a_store_is_one_file_once_it_is_closed(tmp_path: Path) -> None:
    """It can be copied, mailed and read elsewhere."""
    path = made(tmp_path / "s.sqlite")

    assert [found.name for found in tmp_path.iterdir()] == ["s.sqlite"]

    copy = Path(shutil.copy(path, tmp_path / "copy.sqlite"))
    with closing(SqliteFile(copy).open("0.1.0", is_new_allowed=False)) as store:
        assert store.runs() == [make_header()]


def test_an_answer_is_on_the_disk_before_it_counts(tmp_path: Path) -> None:
    """Write-ahead log, synced in full at each commit: a power cut costs no answer."""
    path = made(tmp_path / "s.sqlite")
    found: list[str | int] = []

    def look(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("INSERT"):
            driver = connection.connection.driver_connection
            found.extend(
                driver.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("journal_mode", "synchronous", "foreign_keys")
            )

    event.listen(sa.Engine, "before_cursor_execute", look)
    try:
        with closing(SqliteFile(path).open("0.1.0")) as store:
            store.add("r1", [make_transcript(CAR)])
    finally:
        event.remove(sa.Engine, "before_cursor_execute", look)

    assert found == ["wal", 2, 1]


def test_the_file_is_only_added_to(tmp_path: Path) -> None:
    """With a lock on every row that is there, all that a store can do still works.

    The lock is a trigger in the file: it fails any statement that changes a row.
    """
    path = made(tmp_path / "s.sqlite")
    with closing(sqlite3.connect(path)) as connection, connection:
        tables = [
            name
            for (name,) in connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table'"
            )
        ]
        for table in tables:
            for change in ("UPDATE", "DELETE"):
                connection.execute(
                    f"CREATE TRIGGER no_{change}_{table} BEFORE {change} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, 'a row was changed'); END"
                )

    with closing(SqliteFile(path).open("0.2.0")) as store:
        store.start_run(make_header("r2"), SUITE)
        store.add("r2", [FAILED, make_transcript(CAR)])
        store.add("r2", [BROKEN, JUDGED, JUDGED])
        found = store.outcomes("r2", "j@1")[0]

    assert len(tables) == 7
    assert found.transcript == make_transcript(CAR)
    assert found.judgement == JUDGED


def test_a_store_that_could_not_be_opened_is_let_go_of(tmp_path: Path) -> None:
    """No file stays open in this process after the refusal."""
    path = made(tmp_path / "s.sqlite")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE store SET schema_version = 2")

    with pytest.raises(StoreVersionError):
        SqliteFile(path).open("0.1.0")

    with closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as connection:
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        connection.execute("BEGIN EXCLUSIVE")
    assert [found.name for found in tmp_path.iterdir()] == ["s.sqlite"]


def test_judgements_of_before_there_were_chances_are_still_read(tmp_path: Path) -> None:
    """They had a confidence, which no judge ever stated, and no language."""
    path = made(tmp_path / "s.sqlite")
    with closing(SqliteFile(path).open("0.1.0")) as store:
        store.add("r1", [FAILED, JUDGED])
    old = (
        f'{{"trial_id": "{CAR}", "judge": "j@1", "verdict": "refused", "layer": null,'
        ' "confidence": null, "evidence": ""}'
    )
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE judgements SET body = ?", (old,))

    with closing(SqliteFile(path).open("0.1.0")) as store:
        assert store.outcomes("r1", "j@1")[0].judgement == JUDGED
