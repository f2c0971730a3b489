"""Prints how fast demur and others get chat answers from a loopback provider."""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.clients.aiohttp_loop import AiohttpLoop
from bench.clients.base import Contestant, Job, NotMeasuredError, plain_environment
from bench.clients.demur_run import DemurRun
from bench.clients.inspect_peer import Inspect
from bench.clients.promptfoo_peer import Promptfoo
from bench.machine import machine, say
from bench.measure import measure, tail
from bench.provider import running_provider
from bench.row import Row, Setting
from bench.suite import TRIALS, write_conversations, write_suite
from bench.table import throughput_tables

OURS: tuple[Contestant, ...] = (AiohttpLoop(), DemurRun())
"""The yardstick and demur, run in turn."""

PEERS: tuple[Contestant, ...] = (
    Inspect("Inspect, no realtime log", is_realtime=False),
    Inspect("Inspect, as it comes", is_realtime=True),
    Promptfoo(),
)
"""Run once in each setting, with fewer requests: they are slow."""

SETTINGS = (
    Setting(latency_seconds=0.2, concurrency=100),
    Setting(latency_seconds=0.05, concurrency=64),
    Setting(latency_seconds=0.05, concurrency=256),
)

START_UP = Setting(latency_seconds=0.001, concurrency=8)
"""Few and quick answers: what is left is the program's own start and end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """How much is run.

    Attributes:
        requests: Of demur and the yardstick.
        peer_requests: Of each peer.
        rounds: How often demur and the yardstick take turns.
        peers: Those that are here.
    """

    requests: int
    peer_requests: int
    rounds: int
    peers: Sequence[Contestant]


def run_once(contestant: Contestant, setting: Setting, count: int) -> Row:
    """One contestant against a fresh provider, in a folder that is removed."""
    say(f"{setting.label}: {contestant.name}, {count} requests")
    environment = plain_environment()
    with (
        tempfile.TemporaryDirectory(prefix="demur-bench-") as place,
        running_provider(setting.latency_seconds, environment) as provider,
    ):
        folder = Path(place)
        command = contestant.command(_job(folder, provider.url, setting, count))
        added = {**environment, **command.environment}
        used = measure(command.words, folder, environment=added)
        if used.code:
            say(tail(folder))
        return Row(
            contestant=contestant.name,
            setting=setting,
            asked=count,
            used=used,
            seen=provider.seen(),
        )


def _job(folder: Path, url: str, setting: Setting, count: int) -> Job:
    suite, conversations = folder / "suite.yaml", folder / "conversations.jsonl"
    write_suite(suite)
    write_conversations(conversations, count)
    return Job(
        url=url,
        folder=folder,
        suite=suite,
        conversations=conversations,
        count=count,
        concurrency=setting.concurrency,
    )


def _rows(plan: _Plan) -> Iterator[Row]:
    """Start-ups first, then each setting."""
    for contestant in (*OURS, *plan.peers):
        yield run_once(contestant, START_UP, TRIALS)
    for setting in SETTINGS:
        for _ in range(plan.rounds):
            for contestant in OURS:
                yield run_once(contestant, setting, plan.requests)
        for contestant in plan.peers:
            yield run_once(contestant, setting, plan.peer_requests)


def _versions(contestants: Sequence[Contestant]) -> dict[str, str]:
    """The version of each; why there is none, for those that cannot be run."""
    found = {}
    for contestant in contestants:
        say(f"Setting up {contestant.name}")
        try:
            found[contestant.name] = contestant.set_up()
        except NotMeasuredError as error:
            found[contestant.name] = f"not measured: {error}"
    return found


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer requests, 1 round")
    parser.add_argument("--peers", choices=("yes", "no"), default="yes")
    parser.add_argument("--json", metavar="FILE", help="also write all runs there")
    return parser.parse_args()


def main() -> None:
    """Run everything; tables go to standard output, progress to standard error."""
    options = _options()
    wanted = (*OURS, *(PEERS if options.peers == "yes" else ()))
    versions = _versions(wanted)
    plan = _Plan(
        requests=1000 if options.quick else 6000,
        peer_requests=500 if options.quick else 1000,
        rounds=1 if options.quick else 3,
        peers=[
            peer
            for peer in wanted[len(OURS) :]
            if not versions[peer.name].startswith("not measured")
        ],
    )
    before = machine()
    rows = list(_rows(plan))
    sys.stdout.write(throughput_tables(before, versions, rows, START_UP))
    if options.json:
        body = {
            "machine": before,
            "versions": versions,
            "runs": [asdict(row) for row in rows],
        }
        Path(options.json).write_text(json.dumps(body, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
