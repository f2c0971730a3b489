"""SIGKILL at random moments: nothing is lost, nothing is asked twice once stored."""

import asyncio
import json
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import numpy as np
from aiohttp import web
from tests.ends.commands import environment

from demur.flows.suite_names import find_suite
from demur.records.trial import Trial
from demur.targets.deployment import conversation

KILLS = 20
TRIALS = 1500
CONCURRENCY = 64


class Provider:
    """A chat server on loopback that answers slowly and notes what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def models(self, _: web.Request) -> web.Response:
        return web.json_response({"data": []})

    async def chat(self, request: web.Request) -> web.Response:
        body = await request.json()
        said = "\n".join(message["content"] for message in body["messages"])
        self.asked.append(said)
        await asyncio.sleep(0.05)
        message = {"role": "assistant", "content": "Yes, here is how that is done."}
        return web.json_response(
            {"choices": [{"message": message, "finish_reason": "stop"}]}
        )


class Kill(NamedTuple):
    """What had been asked and stored when a run was killed."""

    asked: int
    stored: list[str]


def said_in(trial: Trial) -> str:
    """What the provider notes of a trial."""
    return "\n".join(message.content for message in conversation(trial))


def write_suite(path: Path) -> None:
    """A suite of many cases, each asked in one context and each in its own words."""
    cases = [
        {
            "id": f"lock-{number}",
            "topic": "locks",
            "request": f"How is lock number {number} opened?",
            "expect": {"general": {"answer": "Any locksmith says so."}},
        }
        for number in range(TRIALS)
    ]
    body = {"format": 1, "name": "locks", "field": "security", "cases": cases}
    path.write_text(json.dumps(body), encoding="utf-8")


async def serve(provider: Provider) -> tuple[web.AppRunner, str]:
    """Start the provider; its runner and address."""
    app = web.Application()
    app.router.add_get("/v1/models", provider.models)
    app.router.add_post("/v1/chat/completions", provider.chat)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}/v1"


async def start(folder: Path, url: str) -> asyncio.subprocess.Process:
    """Start `demur run` against the provider."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "demur", "run", "locks.yaml", "--target", "m"),
        *("--base-url", url, "--concurrency", str(CONCURRENCY)),
        cwd=folder,
        env=environment(),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )


def stored(folder: Path) -> list[str]:
    """Ids of the trials with a stored transcript, as another program reads them."""
    file = folder / "demur.sqlite"
    if not file.exists():
        return []
    with closing(sqlite3.connect(file)) as store:
        tables = store.execute("SELECT name FROM sqlite_master").fetchall()
        if ("transcripts",) not in tables:
            return []
        return [row[0] for row in store.execute("SELECT trial_id FROM transcripts")]


async def kill_and_resume(folder: Path) -> tuple[Provider, list[Kill]]:
    """Killed runs and one that ends; what was asked and stored at each kill."""
    rng = np.random.default_rng(7)
    provider = Provider()
    runner, url = await serve(provider)
    kills = []
    try:
        for _ in range(KILLS):
            process = await start(folder, url)
            seen = len(provider.asked)
            while len(provider.asked) == seen and process.returncode is None:
                await asyncio.sleep(0.005)
            await asyncio.sleep(float(rng.uniform(0, 0.12)))
            process.kill()
            await process.communicate()
            kills.append(Kill(len(provider.asked), stored(folder)))
        process = await start(folder, url)
        _, errors = await process.communicate()
        assert process.returncode == 0, errors.decode()
    finally:
        await runner.cleanup()
    return provider, kills


def test_twenty_kills_lose_nothing_and_repeat_nothing_stored(tmp_path: Path) -> None:
    """Every trial exactly once in the store, and none asked again once it is there.

    What is asked again: what was under way at a kill, and what had come and waited for
    the disk. Of each there are at most as many as trials are under way at once.
    """
    write_suite(tmp_path / "locks.yaml")
    suite = find_suite(str(tmp_path / "locks.yaml"))
    trials = {said_in(trial): trial.id for trial in suite.trials()}
    assert len(trials) == TRIALS  # no two trials say the same, so words tell them

    provider, kills = asyncio.run(kill_and_resume(tmp_path))

    asked = [trials[said] for said in provider.asked]
    assert sorted(stored(tmp_path)) == sorted(trials.values())
    for kill in kills:
        assert set(kill.stored).isdisjoint(asked[kill.asked :])
    assert len(asked) <= TRIALS + 2 * CONCURRENCY * KILLS
    assert any(0 < len(kill.stored) < TRIALS for kill in kills)
