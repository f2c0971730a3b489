"""`demur run` with limits: how much, how fast, how long, and Ctrl-C at bad moments."""

import asyncio
import json
import os
import pty
import signal
import time
from pathlib import Path

import pytest
from aiohttp import web
from tests.clients.provider import Answer, Provider, fails, hangs, says, sends
from tests.ends.beside import Done, Server, ended, left_in, stored

TRIALS = 14
YES = says("Yes, here is how that is done, step by step.")
COUNTED = sends(
    {
        "choices": [{"message": {"content": "Yes, so."}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 1000, "completion_tokens": 500},
    }
)
PRICES = ("--price-in", "1", "--price-out", "10")  # such an answer costs 0.006


def run_with(folder: Path, answers: list[Answer], *words: str) -> tuple[Done, Provider]:
    """One command against a provider that gives these answers."""
    provider = Provider(*answers)

    async def once() -> Done:
        async with provider:
            return await Server(folder, provider).run(*words)

    return asyncio.run(once()), provider


def test_a_few_now_and_the_rest_with_the_same_command(tmp_path: Path) -> None:
    """--max-trials ends a run early; without it the same run is completed."""
    provider = Provider(YES)

    async def twice() -> list[Done]:
        async with provider:
            server = Server(tmp_path, provider)
            return [await server.run("--max-trials", "5"), await server.run()]

    first, second = asyncio.run(twice())

    assert (first.code, second.code) == (3, 0), first.err + second.err
    assert "Ended early: the limit of 5 trials is reached." in first.err
    assert f"{TRIALS - 5} of {TRIALS} trials have no answer yet." in first.err
    assert f"Asked {TRIALS - 5} trials" in second.err
    assert len({json.dumps(call.body) for call in provider.calls}) == TRIALS
    assert len(provider.calls) == TRIALS


def test_a_run_ends_before_it_costs_more_than_allowed(tmp_path: Path) -> None:
    """At 0.006 each and at worst 0.0205: four are paid for, and that is said."""
    done, provider = run_with(
        tmp_path, [COUNTED], *PRICES, "--max-cost", "0.04", "--concurrency", "4"
    )

    assert done.code == 3, done.err
    assert len(provider.calls) == stored(tmp_path) == 4
    assert "Asked 4 trials, cost 0.0240." in done.err
    assert (
        "Ended early: the next trial could take the cost above the limit of 0.04; "
        "so far it is 0.0240."
    ) in done.err


def test_much_money_is_not_spent_without_a_yes(tmp_path: Path) -> None:
    """Nobody there to ask: refused before a call or a file; both hints then work."""
    provider = Provider(COUNTED)
    words = (*PRICES, "--confirm-above", "0.03")

    async def thrice() -> tuple[list[Done], int, list[str]]:
        async with provider:
            server = Server(tmp_path, provider)
            refused = await server.run(*words)
            asked, left = len(provider.calls), left_in(tmp_path)
            some = await server.run(*words, "--max-cost", "0.03")
            return [refused, some, await server.run(*words, "--yes")], asked, left

    done, asked, left = asyncio.run(thrice())

    assert [each.code for each in done] == [2, 3, 0], done
    assert (asked, left) == (0, [])
    assert "--confirm-above: this may cost about" in done[0].err
    assert "Add --yes to go on without being asked, or --max-cost 0.03." in done[0].err
    assert "Asked 2 trials, cost 0.0120." in done[1].err
    assert f"Asked {TRIALS - 2} trials, cost 0.0720." in done[2].err


@pytest.mark.parametrize(
    ("typed", "code", "calls"),
    [pytest.param(b"y\n", 0, TRIALS, id="yes"), pytest.param(b"n\n", 3, 0, id="no")],
)
def test_on_a_terminal_one_is_asked(
    tmp_path: Path, typed: bytes, code: int, calls: int
) -> None:
    """And a no costs nothing and leaves nothing."""
    provider = Provider(COUNTED)
    ours, theirs = pty.openpty()

    async def answer() -> Done:
        async with provider:
            server = Server(tmp_path, provider)
            process = await server.start(
                *PRICES, "--confirm-above", "0.01", stdin=theirs
            )
            os.write(ours, typed)
            return await ended(process)

    try:
        done = asyncio.run(answer())
    finally:
        os.close(ours)
        os.close(theirs)

    assert done.code == code, done.err
    assert "Go on? [y/N]" in done.err
    assert len(provider.calls) == calls
    assert (tmp_path / "demur.sqlite").exists() == (calls > 0)


def test_requests_keep_to_the_rate(tmp_path: Path) -> None:
    """400 a minute: those of one second at once, then one each 0.15 s."""
    times: list[float] = []

    async def stamps(provider: Provider, request: web.Request) -> web.StreamResponse:
        times.append(time.monotonic())
        return await YES(provider, request)

    done, _ = run_with(tmp_path, [stamps], "--rpm", "400", "--concurrency", "14")

    assert done.code == 0, done.err
    assert len(times) == TRIALS
    assert times[-1] - times[0] > 0.8  # the last seven and a bit of fourteen


def test_a_server_that_does_nothing_but_fail_ends_the_run(tmp_path: Path) -> None:
    """No trial is burnt, and where nothing came nothing is kept."""
    done, _ = run_with(tmp_path, [fails(503, "overloaded")], "--patience", "1")

    assert done.code == 3, done.err
    assert "Paused: every call fails. The last: HTTP 503: overloaded" in done.err
    assert "Stopped before the first answer (every call has failed for" in done.err
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_fails_after_some_answers_costs_none_of_them(
    tmp_path: Path,
) -> None:
    """What came is kept and shown; the rest is missing and has not failed."""
    done, _ = run_with(
        tmp_path,
        [YES, YES, YES, fails(503)],
        *("--patience", "1", "--concurrency", "14"),
    )

    assert done.code == 3, done.err
    assert stored(tmp_path) == 3
    assert "Ended early: every call has failed for" in done.err
    assert f"{TRIALS - 3} of {TRIALS} trials have no answer yet." in done.err


def test_what_is_refused_again_and_again_ends_the_run(tmp_path: Path) -> None:
    """Twenty of twenty-eight trials, and no more than those under way then."""
    done, provider = run_with(
        tmp_path, [fails(400, "no such field")], "--samples", "2", "--concurrency", "2"
    )

    assert done.code == 3, done.err
    assert 20 <= len(provider.calls) <= 21
    assert "20 trials in a row failed, the last with: HTTP 400: no suc" in done.err


def test_a_key_that_is_refused_ends_the_run_at_once(tmp_path: Path) -> None:
    """That is the user's to mend, not the server's."""
    done, provider = run_with(tmp_path, [fails(401)], "--concurrency", "2")

    assert done.code == 2
    assert len(provider.calls) <= 2
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_asks_for_patience_gets_it(tmp_path: Path) -> None:
    """429 with Retry-After costs a moment, no trial, and is said once."""
    busy = fails(429, "slow down", Retry_After="0.3")
    started = time.monotonic()

    done, provider = run_with(tmp_path, [busy, busy, YES], "--concurrency", "2")

    assert done.code == 0, done.err
    assert len(provider.calls) == TRIALS + 2
    assert time.monotonic() - started > 0.3
    assert done.err.count("The server limits the rate") == 1


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        pytest.param([fails(503)], "Paused: every call fails", id="pause"),
        pytest.param(
            [fails(429, Retry_After="60")], "The server limits", id="Retry-After"
        ),
    ],
)
def test_ctrl_c_is_heard_while_all_wait(
    tmp_path: Path, answers: list[Answer], said: str
) -> None:
    """Nothing is under way then, so nothing has to be waited for."""
    provider = Provider(*answers)

    async def interrupt() -> tuple[Done, float]:
        async with provider:
            process = await Server(tmp_path, provider).start()
            assert process.stderr is not None
            while said.encode() not in await process.stderr.readline():
                assert process.returncode is None
            started = time.monotonic()
            process.send_signal(signal.SIGINT)
            done = await ended(process)
            return done, time.monotonic() - started

    done, seconds = asyncio.run(interrupt())

    assert done.code == 3, done.err
    assert seconds < 2
    assert "Stopped before the first answer: nothing was kept." in done.err
    assert list(tmp_path.iterdir()) == []


def test_a_second_ctrl_c_ends_it_at_once_and_loses_nothing(tmp_path: Path) -> None:
    """The first waits for calls that hang; the second does not. Answers are kept."""
    provider = Provider(YES, YES, YES, hangs)

    async def interrupt_twice() -> tuple[Done, bool, float]:
        async with provider:
            server = Server(tmp_path, provider)
            process = await server.start("--concurrency", "4")
            await server.is_asked(7)
            process.send_signal(signal.SIGINT)
            await asyncio.sleep(0.3)
            went_on = process.returncode is None
            started = time.monotonic()
            process.send_signal(signal.SIGINT)
            done = await ended(process)
            return done, went_on, time.monotonic() - started

    done, went_on, seconds = asyncio.run(interrupt_twice())

    assert went_on
    assert seconds < 2
    assert done.code == 130, done.err
    assert "Finishing what is under way. Ctrl-C again ends it now." in done.err
    assert "The same command continues where this one stopped." in done.err
    assert "Traceback" not in done.err
    assert stored(tmp_path) == 3


def test_every_setting_is_recorded_in_the_run(tmp_path: Path) -> None:
    """So that a number can be traced to how it was got."""
    words = (
        *("--temperature", "0.7", "--max-tokens", "300", "--samples", "2"),
        *("--seed", "5", "--concurrency", "3", "--rpm", "6000", "--tpm", "9000000"),
        *("--timeout", "20", *PRICES, "--json", "-"),
    )

    done, provider = run_with(tmp_path, [COUNTED], *words)

    assert done.code == 0, done.err
    header = json.loads(done.out)["run"]
    assert (header["seed"], header["samples"]) == (5, 2)
    assert header["settings"] == {
        "api": "chat completions",
        "model": "m",
        "base_url": provider.url,
        "temperature": "0.7",
        "max_tokens": "300",
        "concurrency": "3",
        "timeout": "20 s",
        "connect_timeout": "15 s",
        "patience": "300 s",
        "rpm": "6000.0",
        "tpm": "9000000.0",
        "price_in": "1.0",
        "price_out": "10.0",
    }
