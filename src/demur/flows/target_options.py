"""What a target's name does not say: sampling, limits, keys, places."""

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from demur.clients.base import Sampling
from demur.clients.model_file import Progress
from demur.clients.server import Server
from demur.targets.replay import ReplayTarget
from demur.traffic.breaker import Breaker
from demur.traffic.retry import Retry
from demur.traffic.traffic import DEFAULT_CONCURRENCY, Traffic

_SECRET = re.compile(r"key|token|secret|passw|credential", re.IGNORECASE)
"""What is in the name of an environment variable that holds a key."""

_SHORTEST_SECRET = 6
"""Characters; a shorter value is no key, and may stand anywhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetOptions:
    """What a target's name does not say.

    Attributes:
        base_url: Of an OpenAI-compatible server; None where the name says where.
        key_variable: Environment variable with that server's key; None sends none.
        sampling: How answers are drawn; None fields take the target's default.
        timeout_seconds: For one call to a server.
        connect_seconds: For connecting to it.
        concurrency: Calls under way at once; the target's own number if None.
        requests_per_minute: Most calls a minute; None: no limit.
        tokens_per_minute: Most tokens a minute; None: no limit.
        patience_seconds: How long to wait while everything fails.
        halt: Once set, calls that wait are given up.
        notice: Told when calls are slowed or paused.
        environment: The process's environment variables.
        models: Cache folder for model files.
        on_fetch: Called as a model file comes.
        replay: Finds an earlier run's answers by its name; None where there is no
            store to look in.
    """

    base_url: str | None = field(default=None, repr=False)
    key_variable: str | None = None
    sampling: Sampling = field(default_factory=Sampling)
    timeout_seconds: float = 120.0
    connect_seconds: float = 15.0
    concurrency: int | None = None
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    patience_seconds: float = 300.0
    halt: asyncio.Event = field(default_factory=asyncio.Event, repr=False)
    notice: Callable[[str], None] = field(default=print, repr=False)
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    models: Path
    on_fetch: Progress
    replay: Callable[[str], ReplayTarget] | None = field(default=None, repr=False)

    def hide(self, text: str) -> str:
        """The text without the values of variables that are named like a key's."""
        found = tuple(
            value
            for name, value in self.environment.items()
            if _SECRET.search(name) and len(value) >= _SHORTEST_SECRET
        )
        return Server(base_url="", secrets=found).hide(text)

    def traffic(self) -> Traffic:
        """The traffic with one server."""
        return Traffic(
            concurrency=self.concurrency or DEFAULT_CONCURRENCY,
            requests_per_minute=self.requests_per_minute,
            tokens_per_minute=self.tokens_per_minute,
            retry=Retry(patience_seconds=2 * self.patience_seconds),
            breaker=Breaker(patience_seconds=self.patience_seconds),
            halt=self.halt,
            notice=lambda text: self.notice(self.hide(text)),
        )

    def server(self, url: str, key: str | None, key_name: str) -> Server:
        """Where an API is spoken, with the limits and certificates in force."""
        ca_file = self.environment.get("SSL_CERT_FILE") or self.environment.get(
            "REQUESTS_CA_BUNDLE"
        )
        return Server(
            base_url=url.rstrip("/"),
            key=key,
            key_name=key_name,
            timeout_seconds=self.timeout_seconds,
            connect_seconds=self.connect_seconds,
            ca_file=Path(ca_file) if ca_file else None,
        )
