"""Five thousand trials against a provider that misbehaves: none lost, none paid twice.

`pytest -s` prints what the provider did and how the memory grew.
"""

import asyncio
import resource
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.clients.misbehaving import (
    GOOD,
    LASTING,
    PASSING,
    SLOW,
    Misbehaving,
    answer_to,
)
from tests.makers import make_case, make_suite

from demur.clients.api import ApiClient
from demur.clients.openai_chat import OpenAIChat
from demur.clients.server import Server
from demur.flows.keep import Keeping
from demur.flows.plan import RunPlan
from demur.flows.progress import Progress
from demur.flows.run import RunSummary, run_suite
from demur.records.outcome import Outcome
from demur.stores.sqlite import SqliteFile
from demur.targets.deployment import DeploymentTarget
from demur.traffic.breaker import Breaker
from demur.traffic.retry import Retry
from demur.traffic.traffic import Traffic

TRIALS = 5_000
FAULTS = {**GOOD, **PASSING, **LASTING, **SLOW}
SUITE = make_suite(
    *(make_case(f"c{n}", request=f"trial {n}") for n in range(TRIALS)), deployments=()
)


@dataclass
class Memory:
    """Megabytes in use as a run goes on, by trials asked."""

    seen: dict[int, float] = field(default_factory=dict)

    def watch(self, now: Progress) -> None:
        """Look once for each thousand trials."""
        thousand = now.asked // 1000 * 1000
        if thousand not in self.seen:
            self.seen[thousand] = megabytes()


def megabytes() -> float:
    """Resident in this process now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def target_at(url: str) -> DeploymentTarget:
    """A deployment behind a client that waits hardly at all."""
    traffic = Traffic(
        concurrency=64,
        retry=Retry(tries=4, first_wait_seconds=0.005, patience_seconds=30.0),
        breaker=Breaker(first_seconds=0.05, longest_seconds=0.2),
    )
    server = Server(base_url=url, timeout_seconds=0.3)
    return DeploymentTarget(
        ApiClient(wire=OpenAIChat(model="m"), server=server, traffic=traffic)
    )


async def ask(provider: Misbehaving, path: Path, memory: Memory) -> RunSummary:
    """Run the suite against the provider, kept in a file."""
    plan = RunPlan(
        suite=SUITE,
        target_name="misbehaving",
        target=target_at(provider.url),
        versions={"demur": "0"},
    )
    keeping = Keeping(
        place=SqliteFile(path), version="0", wait_seconds=5, on_wait=lambda _: None
    )
    return await run_suite(plan, keeping, memory.watch, asyncio.Event())


def outcomes(path: Path, run_id: str) -> list[Outcome]:
    """What the store holds of a run."""
    store = SqliteFile(path).open("0", is_new_allowed=False)
    found = list(store.outcomes(run_id, judge=""))
    store.close()
    return found


def answered(found: list[Outcome]) -> set[str]:
    """The words of the trials that have an answer, each checked to the letter."""
    words = set()
    for outcome in found:
        assert (outcome.transcript is None) != (outcome.failure is None)
        if outcome.transcript is not None:
            request = outcome.trial.case.request
            assert outcome.transcript.response == answer_to(request)
            words.add(request)
    return words


def test_five_thousand_trials_end_once_each_and_none_is_paid_for_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """30 % faults; then once more, and only what failed is asked again."""
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv("NO_PROXY", "*")
    path = tmp_path / "demur.sqlite"
    memory = Memory()

    async def twice() -> tuple[Misbehaving, list[set[str]], Counter[str], list[float]]:
        async with Misbehaving(0.3, FAULTS, seed=1) as provider:
            begun = time.monotonic()
            first = await ask(provider, path, memory)
            middle = time.monotonic()
            answers = [answered(outcomes(path, first.run_id))]
            before = provider.asked.copy()
            second = await ask(provider, path, Memory())
            end = time.monotonic()
            assert (first.ended, second.ended) == (None, None)
            assert second.run_id == first.run_id
            answers.append(answered(outcomes(path, first.run_id)))
            asked_again = provider.asked - before
            return provider, answers, asked_again, [middle - begun, end - middle]

    provider, (early, late), asked_again, seconds = asyncio.run(twice())

    print(  # noqa: T201 - the figures are the point
        f"\nfirst: {len(early)} of {TRIALS} answered in {seconds[0]:.1f} s; second: "
        f"{len(late)} in {seconds[1]:.1f} s, {len(asked_again)} asked again\n"
        f"faults: {dict(provider.drawn)}\nmemory: {memory.seen} MB"
    )
    everything = {case.request for case in SUITE.cases}
    assert set(provider.drawn) == set(FAULTS)
    assert len(early) > 0.9 * TRIALS
    assert set(asked_again) == everything - early
    assert provider.served == Counter(late)
    assert memory.seen[TRIALS] - memory.seen[1000] < 30
