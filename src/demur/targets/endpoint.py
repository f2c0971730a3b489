"""A product's own HTTP endpoint, described by a file."""

import asyncio
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any, Self

import jmespath

from demur.clients.http import Answer
from demur.clients.said import only, quote
from demur.errors import TargetRejectedError, TargetReplyError
from demur.records.transcript import Block, Layer, Transcript
from demur.records.trial import Trial
from demur.targets.endpoint_file import Endpoint
from demur.targets.http_call import HttpCall, MakeServer
from demur.targets.own_reply import messages_of
from demur.traffic.traffic import Traffic


@dataclass(slots=True)
class EndpointTarget:
    """Sends trials to an endpoint, and reads the answers where its file says.

    Attributes:
        endpoint: The file.
        make_server: Makes a server of an address.
        traffic: How many calls at once, how fast, what is tried again.
    """

    endpoint: Endpoint
    make_server: MakeServer = field(repr=False)
    traffic: Traffic = field(default_factory=Traffic)
    _call: HttpCall = field(init=False, repr=False)
    _session: HttpCall | None = field(default=None, init=False, repr=False)
    _stack: AsyncExitStack = field(
        default_factory=AsyncExitStack, init=False, repr=False
    )
    _run_session: Any = field(default=None, init=False, repr=False)
    _opening: asyncio.Lock = field(default_factory=asyncio.Lock, init=False, repr=False)

    def __post_init__(self) -> None:
        file = self.endpoint.file
        self._call = HttpCall(file, self.make_server)
        if file.session is not None:
            self._session = HttpCall(file.session, self.make_server)

    @property
    def settings(self) -> dict[str, str]:
        """The file and where it points."""
        return {
            "endpoint": self._call.server.address,
            "endpoint_file": self.endpoint.name,
            "endpoint_sha256": self.endpoint.digest,
        }

    @property
    def concurrency(self) -> int:
        """As many calls as the traffic lets through."""
        return self.traffic.concurrency

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self._call)
            if self._session is not None:
                await stack.enter_async_context(self._session)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stack.aclose()

    async def ask(self, trial: Trial) -> Transcript:
        """Send the trial and wait for the answer."""
        started = time.monotonic()
        sent = await self.traffic.call(lambda: self._ask(trial))
        return replace(
            sent.value,
            seconds=time.monotonic() - started,
            retries=sent.retries,
            waited_seconds=sent.waited_seconds,
        )

    async def _ask(self, trial: Trial) -> Transcript:
        words = _words(trial)
        words["session"] = await self._session_id(words)
        return self._read(trial, await self._call.send(words))

    async def _session_id(self, words: Mapping[str, Any]) -> Any:
        """What the session's call gives; None where there is none."""
        file = self.endpoint.file.session
        if self._session is None or file is None:
            return None
        if file.per == "trial":
            return await self._open(self._session, file.id, words)
        async with self._opening:
            if self._run_session is None:
                self._run_session = await self._open(self._session, file.id, words)
        return self._run_session

    async def _open(self, call: HttpCall, path: str, words: Mapping[str, Any]) -> Any:
        value = call.value(await call.send(words))
        found = jmespath.search(path, value)
        if found is None:
            said = self._quote(value)
            raise TargetReplyError(f"the session's reply has no {path!r}: {said}")
        return found

    def _read(self, trial: Trial, answer: Answer) -> Transcript:
        reading = self.endpoint.file.response
        layer = Layer(reading.layer)
        if answer.status in self.endpoint.file.blocked_status:
            said = self._quote(answer.content.decode(errors="replace"))
            block = Block(layer=layer, code=f"HTTP {answer.status}", detail=said)
            return Transcript(trial_id=trial.id, response="", block=block)
        value = self._call.value(answer)
        failed = _at(reading.error, value)
        if failed:
            raise TargetRejectedError(f"reported in the reply: {self._quote(failed)}")
        blocked = _at(reading.block, value)
        text = _at(reading.text, value)
        if not isinstance(text, str) and not blocked:
            said = f"the reply has no text at {reading.text!r}: {self._quote(value)}"
            raise TargetReplyError(said)
        return Transcript(
            trial_id=trial.id,
            response=text if isinstance(text, str) else "",
            block=self._block(layer, blocked) if blocked else None,
            finish_reason=only(str, _at(reading.finish_reason, value)),
            reasoning=only(str, _at(reading.reasoning, value)),
            model=only(str, _at(reading.model, value)),
            prompt_tokens=only(int, _at(reading.prompt_tokens, value)),
            completion_tokens=only(int, _at(reading.completion_tokens, value)),
        )

    def _block(self, layer: Layer, said: Any) -> Block:
        path = self.endpoint.file.response.block
        detail = "" if said is True else self._quote(said)
        return Block(layer=layer, code=f"reply's {path}", detail=detail)

    def _quote(self, value: Any) -> str:
        return quote(self._call.server.hide(str(value)))


def _at(path: str | None, value: Any) -> Any:
    return None if path is None else jmespath.search(path, value)


def _words(trial: Trial) -> dict[str, Any]:
    """What a template may name."""
    deployment = trial.context.deployment
    return {
        "request": trial.user_message,
        "system": "" if deployment is None else deployment.system,
        "messages": messages_of(trial),
        "trial": trial.id,
        "case": trial.case.id,
        "context": trial.context.id,
    }
