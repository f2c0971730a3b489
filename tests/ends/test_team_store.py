"""A store on a server, as a team uses it: whole commands, several at once."""

import asyncio
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tests.ends.commands import demur, environment
from tests.ends.test_kill import Kill, Provider, said_in, serve
from tests.postgres import ENCODED, PASSWORD, Database

from demur.flows.suite_names import find_suite

CONTROL = ("run", "--target", "control/answers-all")
TRIALS = 152
KILLS = 4


def started(folder: Path, *words: str, **variables: str) -> subprocess.Popen[str]:
    """`demur WORDS`, under way."""
    return subprocess.Popen(
        [sys.executable, "-m", "demur", *words],
        cwd=folder,
        env=environment(**variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def asked(said: str) -> int:
    """How many trials a command says that it asked."""
    found = re.search(r"Asked (\d+) trials", said)
    assert found is not None, said
    return int(found[1])


def transcripts(database: Database) -> list[tuple[str, str]]:
    """Run and trial of every transcript that is stored."""
    query = "SELECT run_id, trial_id FROM transcripts ORDER BY 1, 2"
    return [(run, trial) for run, trial in database.ask(query)]


def test_two_runs_are_written_at_once(database: Database, tmp_path: Path) -> None:
    """Two people fill a new store together: neither waits, nothing is lost."""
    store = ("--store", database.url)
    runs = [started(tmp_path, *CONTROL, *store, "--seed", n) for n in ("0", "1")]

    said = [run.communicate(timeout=60)[1] for run in runs]

    assert [run.returncode for run in runs] == [0, 0], said
    assert [asked(each) for each in said] == [TRIALS, TRIALS]
    assert "waiting" not in "".join(said)
    kept = transcripts(database)
    assert len(kept) == len(set(kept)) == 2 * TRIALS
    assert len({run for run, _ in kept}) == 2
    listed = demur(tmp_path, "list", "runs", *store)
    assert listed.stdout.count(f"{TRIALS}/{TRIALS}") == 2
    assert list(tmp_path.iterdir()) == []


def test_the_same_command_twice_at_once_asks_once(
    database: Database, tmp_path: Path
) -> None:
    """The second waits for the first and then finds all its answers."""
    runs = [started(tmp_path, *CONTROL, "--store", database.url) for _ in range(2)]

    results = [run.communicate(timeout=60) for run in runs]

    said = [errors for _, errors in results]
    assert [run.returncode for run in runs] == [0, 0], said
    assert sum(map(asked, said)) == TRIALS
    assert results[0][0] == results[1][0]
    kept = transcripts(database)
    assert len(kept) == TRIALS
    assert len({run for run, _ in kept}) == 1


async def start(
    database: Database, folder: Path, url: str
) -> asyncio.subprocess.Process:
    """`demur run` against the provider at an address, under way."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "demur", "run", "--target", "m", "--base-url", url),
        *("--concurrency", "8"),
        cwd=folder,
        env=environment(DEMUR_STORE=database.url),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )


async def until_asked(
    provider: Provider, count: int, process: asyncio.subprocess.Process
) -> None:
    """Wait for a number of requests, or for the command to end without them."""
    while len(provider.asked) < count and process.returncode is None:
        await asyncio.sleep(0.005)


async def kill_and_resume(
    database: Database, folder: Path
) -> tuple[Provider, list[Kill]]:
    """Killed runs and one that ends; what was asked and stored at each kill."""
    rng = np.random.default_rng(7)
    provider = Provider()
    runner, url = await serve(provider)
    kills = []
    try:
        for _ in range(KILLS):
            process = await start(database, folder, url)
            await until_asked(provider, len(provider.asked) + 1, process)
            await asyncio.sleep(float(rng.uniform(0.06, 0.2)))
            process.kill()
            await process.communicate()
            kept = [trial for _, trial in transcripts(database)]
            kills.append(Kill(len(provider.asked), kept))
        process = await start(database, folder, url)
        _, errors = await process.communicate()
        assert process.returncode == 0, errors.decode()
    finally:
        await runner.cleanup()
    return provider, kills


def test_kills_lose_nothing_and_repeat_nothing_stored(
    database: Database, tmp_path: Path
) -> None:
    """Every trial exactly once in the store, and none asked again once it is there.

    What was under way at a kill, or waited to be kept, at most 8 trials of each, is
    asked again.
    """
    trials = {said_in(trial): trial.id for trial in find_suite("quickstart").trials()}

    provider, kills = asyncio.run(kill_and_resume(database, tmp_path))

    requests = [trials[said] for said in provider.asked]
    stored = [trial for _, trial in transcripts(database)]
    assert sorted(stored) == sorted(trials.values())
    for kill in kills:
        assert set(kill.stored).isdisjoint(requests[kill.asked :])
    assert len(requests) <= TRIALS + 2 * 8 * KILLS
    assert any(0 < len(kill.stored) < TRIALS for kill in kills)


def test_every_command_takes_the_store_from_the_environment(
    database: Database, tmp_path: Path
) -> None:
    """So that the password stands on no command line; nor does it in what is said."""
    done = [
        demur(tmp_path, *words, DEMUR_STORE=database.url)
        for words in (
            CONTROL,
            (*CONTROL, "--fresh", "--json", "run.json", "--html", "run.html"),
            ("report",),
            ("compare", "last~1", "last"),
            ("list", "runs"),
            ("report", "nothing"),
            ("run", "--help"),
        )
    ]

    assert [each.returncode for each in done] == [0, 0, 0, 0, 0, 2, 0]
    assert f"kept in {database.shown}\n" in done[0].stderr
    assert f"{database.shown}: unknown run 'nothing'" in done[5].stderr
    written = [path.read_text(encoding="utf-8") for path in tmp_path.iterdir()]
    assert len(written) == 2
    said = [each.stdout + each.stderr for each in done] + written
    assert not any(PASSWORD in text or ENCODED in text for text in said)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param(("s3cr", "wrong"), "password authentication failed", id="word"),
        pytest.param(("/postgres", "/none"), 'database "none" does not', id="database"),
        pytest.param(("127.0.0.1:", "127.0.0.1:1"), "cannot be opened", id="port"),
        pytest.param(("%2F", "/"), "cannot be read", id="a slash in the password"),
        pytest.param(("postgresql://", "mysql://"), "Name a file, or pos", id="kind"),
    ],
)
@pytest.mark.parametrize("words", [CONTROL, ("report",)])
def test_a_wrong_address_is_said_in_two_lines(
    server: Database,
    tmp_path: Path,
    words: tuple[str, ...],
    change: tuple[str, str],
    said: str,
) -> None:
    """Where, what and what next; exit code 2, no password and no traceback."""
    done = demur(tmp_path, *words, "--store", server.url.replace(*change))

    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.partition("demur: ")[2].count("\n") == 2
    assert not any(
        part in done.stdout + done.stderr for part in ("s3cr", "wrong%", "%26t")
    )
    assert list(tmp_path.iterdir()) == []


def test_a_command_that_waits_names_no_password(
    database: Database, tmp_path: Path
) -> None:
    """Not on the screen of who waits, nor in what the server knows of a session."""
    words = ("--target", "control/answers-all", "--store", database.url)
    program = (
        "import sys, time\n"
        "from demur.stores.postgres import PostgresServer\n"
        "from demur.stores.writer import this_command\n"
        "place = PostgresServer(sys.argv[2])\n"
        "with place.sole_writer(sys.argv[3], this_command(), '', wait_seconds=1,"
        " on_wait=print):\n"
        "    print('held', flush=True)\n"
        "    time.sleep(60)\n"
    )
    demur(tmp_path, "run", *words, "--field", "fiction")
    ((key,),) = database.ask("SELECT key FROM runs")
    with subprocess.Popen(
        [sys.executable, "-c", program, "--store", database.url, key],
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        fresh = ("--field", "fiction", "--fresh", "--wait", "0.2")
        done = demur(tmp_path, "run", *words, *fresh)
        names = database.ask("SELECT application_name FROM pg_stat_activity")
        other.kill()

    assert done.returncode == 2
    assert f"waiting for process {other.pid} on " in done.stderr
    assert "(`-c --store postgresql://demur:***@" in done.stderr
    assert ENCODED not in done.stderr + str(names)


def test_a_server_that_goes_away_ends_the_run_as_broken(
    database: Database, tmp_path: Path
) -> None:
    """Exit code 4 in two lines; the same command continues where it stopped."""
    first, second = asyncio.run(lose_and_resume(database, tmp_path))

    assert first[0] == 4
    assert "Traceback" not in first[1]
    assert f"demur: {database.shown}: " in first[1]
    assert "it continues where this one stopped" in first[1]
    assert second[0] == 0
    assert 0 < asked(second[1]) < TRIALS
    assert len(transcripts(database)) == TRIALS


async def lose_and_resume(
    database: Database, folder: Path
) -> list[tuple[int | None, str]]:
    """One run whose sessions are ended by the server, and the same run again."""
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
    provider = Provider()
    runner, url = await serve(provider)
    ended: list[tuple[int | None, str]] = []
    try:
        process = await start(database, folder, url)
        await until_asked(provider, 30, process)
        database.ask(f"{end} datname = %s AND pid <> pg_backend_pid()", database.name)
        _, errors = await process.communicate()
        ended.append((process.returncode, errors.decode()))
        process = await start(database, folder, url)
        _, errors = await process.communicate()
        ended.append((process.returncode, errors.decode()))
    finally:
        await runner.cleanup()
    return ended
