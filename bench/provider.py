"""A provider of chat completions on loopback, with a fixed latency and counters."""

import argparse
import asyncio
import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

from aiohttp import web

ANSWERS = Path(__file__).parent / "answers.txt"
"""What the provider says in turn, paragraphs between blank lines."""

_MARK = "@number@"


@dataclass(slots=True)
class _Counters:
    """What the provider has seen of chat requests.

    Attributes:
        requests: How many came.
        answered: How many of them were answered.
        in_flight: How many wait for their answer now.
        peak: Most that ever waited at once.
        first: When the first came, on the loop's clock.
        last: When the last answer was ready.
        cpu_before: CPU seconds of this process when the first came.
        cpu_after: CPU seconds of it at the last answer.
    """

    requests: int = 0
    answered: int = 0
    in_flight: int = 0
    peak: int = 0
    first: float = 0.0
    last: float = 0.0
    cpu_before: float = 0.0
    cpu_after: float = 0.0

    def arrive(self) -> None:
        if self.requests == 0:
            self.first, self.cpu_before = time.monotonic(), time.process_time()
        self.requests += 1
        self.in_flight += 1
        self.peak = max(self.peak, self.in_flight)

    def leave(self) -> None:
        self.in_flight -= 1
        self.last, self.cpu_after = time.monotonic(), time.process_time()


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the provider saw of one run.

    Attributes:
        requests: Chat requests that came.
        answered: Those of them that were answered.
        peak: Most that waited for an answer at once.
        asking_seconds: From the first request's coming to the last answer.
        cpu_seconds: The provider's own CPU in that time.
    """

    requests: int
    answered: int
    peak: int
    asking_seconds: float
    cpu_seconds: float


@dataclass(slots=True)
class _Provider:
    latency_seconds: float
    counters: _Counters = field(default_factory=_Counters)
    bodies: Iterator[tuple[bytes, bytes]] = field(
        default_factory=lambda: cycle(_parts())
    )

    async def handle(self, request: web.BaseRequest) -> web.Response:
        """Chat requests are answered after the latency; the rest is for /stats."""
        if request.method == "GET":
            return web.Response(body=self._stats(), content_type="application/json")
        self.counters.arrive()
        try:
            await request.read()
            await asyncio.sleep(self.latency_seconds)
            before, after = next(self.bodies)
            self.counters.answered += 1
            body = b"%b%d%b" % (before, self.counters.answered, after)
            return web.Response(body=body, content_type="application/json")
        finally:
            self.counters.leave()

    def _stats(self) -> bytes:
        seen = self.counters
        said = {
            "requests": seen.requests,
            "answered": seen.answered,
            "peak": seen.peak,
            "asking_seconds": seen.last - seen.first,
            "cpu_seconds": seen.cpu_after - seen.cpu_before,
        }
        return json.dumps(said).encode()


def _parts() -> list[tuple[bytes, bytes]]:
    """The answers' bodies, each cut where its number goes.

    No two answers are alike, so that nobody gains by remembering one.
    """
    texts = ANSWERS.read_text(encoding="utf-8").strip().split("\n\n")
    bodies = [json.dumps(_completion(f"{text} [{_MARK}]")).encode() for text in texts]
    cut = [body.partition(_MARK.encode()) for body in bodies]
    return [(before, after) for before, _, after in cut]


def _completion(text: str) -> Mapping[str, object]:
    message = {"role": "assistant", "content": text}
    tokens = len(text) // 4
    return {
        "id": "chatcmpl-bench",
        "object": "chat.completion",
        "created": 1_750_000_000,
        "model": "m",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": {
            "prompt_tokens": 100,
            "completion_tokens": tokens,
            "total_tokens": 100 + tokens,
        },
    }


async def _serve(latency_seconds: float) -> None:
    """Serve until standard input ends, so that no provider outlives its benchmark."""
    server = web.Server(_Provider(latency_seconds).handle, access_log=None)
    runner = web.ServerRunner(server, shutdown_timeout=1.0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=2048).start()
    sys.stdout.write(f"{runner.addresses[0][1]}\n")
    sys.stdout.flush()
    is_over = asyncio.Event()
    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), is_over.set)
    await is_over.wait()
    await runner.cleanup()


@dataclass(frozen=True, slots=True)
class RunningProvider:
    """A provider in a process of its own.

    Attributes:
        url: The base URL that a client is given.
    """

    url: str

    def seen(self) -> Seen:
        """What it has seen until now."""
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(f"{self.url}/stats", timeout=20) as reply:
            return Seen(**json.load(reply))


@contextmanager
def running_provider(
    latency_seconds: float, environment: Mapping[str, str]
) -> Iterator[RunningProvider]:
    """A fresh provider, its counters at nought, that ends with the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.provider", "--latency", str(latency_seconds)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=dict(environment),
    )
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            port = int(process.stdout.readline())
            yield RunningProvider(f"http://127.0.0.1:{port}/v1")
        finally:
            process.stdin.close()


def main() -> None:
    """Serve; the port is the first line of standard output."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--latency", type=float, default=0.05, help="seconds")
    asyncio.run(_serve(parser.parse_args().latency))


if __name__ == "__main__":
    main()
