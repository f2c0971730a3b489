"""SIGKILL at random moments: nothing is lost, nothing is asked twice once stored."""

import asyncio
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import numpy as np
from aiohttp import web
from tests.ends.commands import environment

from demur.flows.names import find_suite
from demur.records.trial import Trial
from demur.targets.deployment import conversation

KILLS = 10
TRIALS = 152


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
        *(sys.executable, "-m", "demur", "run", "--target", "m", "--base-url", url),
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
    """Ten killed runs and one that ends; what was asked and stored at each kill."""
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


def test_ten_kills_lose_nothing_and_repeat_nothing_stored(tmp_path: Path) -> None:
    """Every trial exactly once in the store, and none asked again once it is there.

    What was under way at a kill, at most 8 trials, is asked again.
    """
    trials = {said_in(trial): trial.id for trial in find_suite("quickstart").trials()}
    assert len(trials) == TRIALS  # no two trials say the same, so words tell them

    provider, kills = asyncio.run(kill_and_resume(tmp_path))

    asked = [trials[said] for said in provider.asked]
    assert sorted(stored(tmp_path)) == sorted(trials.values())
    for kill in kills:
        assert set(kill.stored).isdisjoint(asked[kill.asked :])
    assert len(asked) <= TRIALS + 8 * KILLS
    assert any(0 < len(kill.stored) < TRIALS for kill in kills)
