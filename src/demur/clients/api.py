"""A model behind an HTTP API, in any wire protocol."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Self

from demur.clients.base import Message, Reply, Sampling
from demur.clients.http import Answer, Http, failure_of
from demur.clients.said import parse_json, quote
from demur.clients.server import Server
from demur.clients.wire import Wire
from demur.errors import TargetError, TargetRejectedError, TargetReplyError
from demur.records.transcript import Block, Layer
from demur.traffic.traffic import Traffic

_NOT_ONE = (AttributeError, IndexError, KeyError, TypeError)
"""What reading a value raises that is not of the form expected."""

CHARACTERS_PER_TOKEN = 4
"""A rule of thumb for English, for estimates of rates and costs only."""


@dataclass(slots=True)
class ApiClient:
    """One model on one server.

    Attributes:
        wire: The protocol.
        server: Where to ask.
        sampling: How answers are drawn.
        traffic: How many calls at once, how fast, what is tried again.
    """

    wire: Wire
    server: Server
    sampling: Sampling = field(default_factory=Sampling)
    traffic: Traffic = field(default_factory=Traffic)
    _http: Http = field(init=False, repr=False)
    _usual_tokens: float = field(default=256.0, init=False, repr=False)

    def __post_init__(self) -> None:
        self._http = Http(self.server, self.wire.headers(self.server.key))

    @property
    def concurrency(self) -> int:
        """As many calls as the traffic lets through."""
        return self.traffic.concurrency

    @property
    def settings(self) -> dict[str, str]:
        """Protocol, model, address and sampling; never the key."""
        fields = self.wire.sampling_fields(self.sampling)
        return {
            "api": self.wire.name,
            "model": self.wire.model,
            "base_url": self.server.address,
            **{key: str(value) for key, value in fields.items()},
        }

    async def __aenter__(self) -> Self:
        await self._http.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._http.__aexit__(kind, error, trace)

    async def complete(self, messages: Sequence[Message]) -> Reply:
        """Send the conversation; transient failures are tried again.

        A server that takes no schema, or no temperature beside one, is from then on
        asked without it.
        """
        sampling = self.sampling
        try:
            return await self._complete(messages, sampling)
        except TargetRejectedError as error:
            if self.sampling is sampling:  # else another call has met the same
                plainer = sampling.without_refused(error.message)
                if plainer is None:
                    raise
                self.sampling = plainer
                self.traffic.notice(f"Asking in a plainer way from now on: {error}")
        return await self.complete(messages)

    async def _complete(self, messages: Sequence[Message], sampling: Sampling) -> Reply:
        body = self.wire.body(messages, sampling)
        tokens = self._estimate(messages)
        sent = await self.traffic.call(lambda: self._send(body), tokens)
        self._settle(tokens, sent.value)
        return replace(
            sent.value, retries=sent.retries, waited_seconds=sent.waited_seconds
        )

    async def _send(self, body: dict[str, object]) -> Reply:
        return self._read(await self._http.send(self.wire.path, body))

    def _read(self, answer: Answer) -> Reply:
        if answer.status == 200:
            return self._read_reply(answer.content)
        block = self._read_block(answer)
        if block is not None:
            return Reply(text="", block=block)
        raise failure_of(answer, self.server, self.wire.model)

    def _read_reply(self, content: bytes) -> Reply:
        try:
            body = parse_json(content)
        except ValueError as error:
            said = self._quote(content)
            raise TargetReplyError(f"the reply is not JSON: {said}") from error
        try:
            return self._hidden(self.wire.read(body))
        except TargetError as error:
            said = quote(self.server.hide(error.message))
            reported = type(error)(said, error.retry_after_seconds)
        except _NOT_ONE as error:
            said = self._quote(content)
            raise TargetReplyError(f"not a {self.wire.name} reply: {said}") from error
        raise reported  # out here, or a traceback would show the unhidden one too

    def _read_block(self, answer: Answer) -> Block | None:
        try:
            block = self.wire.read_block(answer.status, parse_json(answer.content))
        except (ValueError, *_NOT_ONE):
            return None
        return block and self._without_key(block)

    def _hidden(self, reply: Reply) -> Reply:
        """The reply without the key in what stands beside the answer.

        The answer itself (text, thinking, refusal) is what is tested, and stays exactly
        as it came.
        """
        hide = self.server.hide
        finish, model, block = reply.finish_reason, reply.model, reply.block
        if block is not None and block.layer is not Layer.MODEL:
            block = self._without_key(block)
        return replace(
            reply,
            finish_reason=finish and hide(finish),
            model=model and hide(model),
            block=block,
        )

    def _without_key(self, block: Block) -> Block:
        hide = self.server.hide
        return replace(block, code=hide(block.code), detail=hide(block.detail))

    def _quote(self, content: bytes) -> str:
        # Hidden before a cut could leave a part of the key.
        return quote(self.server.hide(content.decode(errors="replace")))

    def _estimate(self, messages: Sequence[Message]) -> float:
        """Tokens that a call will probably cost."""
        letters = sum(len(message.content) for message in messages)
        return letters / CHARACTERS_PER_TOKEN + self._usual_tokens

    def _settle(self, estimated: float, reply: Reply) -> None:
        written = reply.completion_tokens
        if reply.prompt_tokens is None or written is None:
            return
        self._usual_tokens += 0.1 * (written - self._usual_tokens)
        self.traffic.settle(estimated, reply.prompt_tokens + written)
