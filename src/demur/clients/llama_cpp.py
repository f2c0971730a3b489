"""A GGUF model in this process, by llama.cpp (extra: local)."""

import asyncio
import os
import secrets
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import xllamacpp

from demur.clients.base import Message, Reply, Sampling
from demur.clients.slots import SlotPool
from demur.errors import (
    InputError,
    TargetRejectedError,
    TargetReplyError,
    TargetServerError,
)


@dataclass(slots=True)
class LlamaCppClient:
    """A model file, loaded once, with several answers written side by side.

    The system prompt's part of the cache is reused: calls that share it are sent to
    the slots that have evaluated it.

    Attributes:
        locate: Finds the GGUF file, or fetches it; called when it is needed.
        name: Of the model, for the record.
        digest: SHA-256 of the file, for the record.
        sampling: How answers are drawn.
        slots: How many answers are written at once.
        tokens_per_slot: Longest prompt and answer together.
        threads: CPU threads; all cores this process may use if None.
    """

    locate: Callable[[], Path]
    name: str
    digest: str
    sampling: Sampling = field(default_factory=Sampling)
    slots: int = 8
    tokens_per_slot: int = 2048
    threads: int | None = None
    _pool: SlotPool = field(init=False, repr=False)
    _server: Any = field(default=None, repr=False)
    _executor: ThreadPoolExecutor = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._pool = SlotPool(self.slots)
        self._executor = ThreadPoolExecutor(self.slots, "llama")

    @property
    def concurrency(self) -> int:
        """More than the slots: the more calls wait, the better prefixes are shared."""
        return 2 * self.slots

    @property
    def settings(self) -> dict[str, str]:
        """The file's hash and how it is asked."""
        return {
            "model": self.name,
            "sha256": self.digest,
            "temperature": str(self.sampling.temperature or 0),
            "max_tokens": str(self.sampling.max_tokens),
            **({} if self.sampling.seed is None else {"seed": str(self.sampling.seed)}),
        }

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        path = self.locate()
        try:
            self._server = await loop.run_in_executor(self._executor, self._load, path)
        except RuntimeError as error:
            raise InputError(
                str(path),
                f"llama.cpp cannot load it ({error})",
                "Check that it is a whole GGUF file of a chat model.",
            ) from error
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._executor.shutdown(wait=True, cancel_futures=True)
        self._server = None

    def _load(self, path: Path) -> Any:
        params = xllamacpp.CommonParams()
        params.model.path = str(path)
        params.n_parallel = self.slots
        params.n_ctx = self.tokens_per_slot * self.slots
        # Small batches let short answers go on while a long prompt is evaluated.
        params.n_ubatch = 256
        threads = self.threads or len(_cores())
        params.cpuparams.n_threads = threads
        params.cpuparams_batch.n_threads = threads
        params.cache_ram_mib = 0
        params.verbosity = 0
        params.warmup = False
        # llama.cpp also listens on loopback; nobody else is to use that.
        params.api_keys = [secrets.token_hex(16)]
        return xllamacpp.Server(params)

    async def complete(self, messages: Sequence[Message]) -> Reply:
        """Write one answer in a free slot."""
        prefix = messages[0].content if messages[0].role == "system" else ""
        slot = await self._pool.acquire(prefix)
        loop = asyncio.get_running_loop()
        call = loop.run_in_executor(self._executor, self._ask, messages, slot)
        call.add_done_callback(lambda _: self._pool.release(slot))
        return await asyncio.shield(call)

    def _ask(self, messages: Sequence[Message], slot: int) -> Reply:
        body: dict[str, Any] = {
            "messages": [
                {"role": message.role, "content": _clean(message.content)}
                for message in messages
            ],
            "max_tokens": self.sampling.max_tokens,
            "temperature": self.sampling.temperature or 0,
            "id_slot": slot,
        }
        if self.sampling.seed is not None:
            body["seed"] = self.sampling.seed
        if self.sampling.schema is not None:
            form = {"schema": self.sampling.schema}
            body["response_format"] = {"type": "json_schema", "json_schema": form}
        try:
            return _reply(self._server.handle_chat_completions(body))
        except RuntimeError as error:
            raise TargetServerError(f"llama.cpp: {error}") from error


def _cores() -> set[int]:
    """The cores that this process may use, where the system can say."""
    if hasattr(os, "sched_getaffinity"):
        return os.sched_getaffinity(0)
    return set(range(os.cpu_count() or 1))


def _clean(text: str) -> str:
    """The text without lone surrogates, which UTF-8 cannot carry."""
    return text.encode("utf-8", errors="replace").decode("utf-8")


def _reply(body: Mapping[str, Any]) -> Reply:
    if "error" in body:
        raise TargetRejectedError(f"llama.cpp: {body['error'].get('message')}")
    try:
        choice = body["choices"][0]
        return Reply(
            text=choice["message"].get("content") or "",
            finish_reason=choice.get("finish_reason"),
            reasoning=choice["message"].get("reasoning_content"),
            prompt_tokens=body["usage"]["prompt_tokens"],
            completion_tokens=body["usage"]["completion_tokens"],
            model=Path(str(body.get("model"))).name,
        )
    except (IndexError, KeyError, TypeError) as error:
        raise TargetReplyError(f"llama.cpp: unreadable reply ({error})") from error
