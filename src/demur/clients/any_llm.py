"""A model of any provider that any-llm-sdk speaks to (extra: any)."""

import asyncio
import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any, Self

from any_llm import AnyLLM
from any_llm.exceptions import UnsupportedProviderError

from demur.clients.any_failures import block_of, failure_from
from demur.clients.api import CHARACTERS_PER_TOKEN
from demur.clients.base import Message, Reply, Sampling
from demur.clients.openai_chat import OpenAIChat
from demur.clients.said import quote
from demur.clients.server import Server
from demur.errors import InputError, TargetError, TargetTimeoutError, UnknownNameError
from demur.traffic.traffic import Traffic

_SECRET_ENDINGS = ("KEY", "TOKEN", "SECRET", "PASSWORD", "CREDENTIALS")
"""How variables end whose values are kept out of every text."""

_USUAL_TOKENS = 256
"""Of an answer, for estimates of rates only."""

_LEAST_SECRET = 6
"""Characters; a shorter value hides nothing, and would be found in every text."""


@dataclass(slots=True)
class AnyLlmClient:
    """One model of one provider, asked through one client of the library's.

    The provider's own retries are off where the library can turn them off, so that
    ours are all there are.

    Attributes:
        provider: As the library names it.
        model: The model's name, as the provider knows it.
        environment: Where the provider's key and address are looked up.
        sampling: How answers are drawn.
        timeout_seconds: For one call.
        traffic: How many calls at once, how fast, what is tried again.
    """

    provider: str
    model: str
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    sampling: Sampling = field(default_factory=Sampling)
    timeout_seconds: float = 120.0
    traffic: Traffic = field(default_factory=Traffic)
    _asked: AnyLLM | None = field(default=None, init=False, repr=False)
    _server: Server = field(init=False, repr=False)
    _wire: OpenAIChat = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._wire = OpenAIChat(model=self.model)
        self._server = Server(base_url=f"any/{self.provider}", key_name="its key")

    @property
    def concurrency(self) -> int:
        """As many calls as the traffic lets through."""
        return self.traffic.concurrency

    @property
    def settings(self) -> dict[str, str]:
        """Provider, model and sampling; never the key."""
        fields = self._wire.sampling_fields(self.sampling)
        return {
            "api": f"any-llm-sdk {self.provider}",
            "model": self.model,
            **{key: str(value) for key, value in fields.items()},
        }

    async def __aenter__(self) -> Self:
        try:
            self._asked = self._create()
        except UnsupportedProviderError as error:
            raise UnknownNameError.of(
                f"--target any/{self.provider}/{self.model}",
                "provider",
                self.provider,
                AnyLLM.get_supported_providers(),
            ) from error
        except ImportError as error:
            raise InputError(
                f"--target any/{self.provider}/{self.model}",
                f"needs the library that speaks to {self.provider}",
                f"Run: pip install 'any-llm-sdk[{self.provider}]'",
            ) from error
        except Exception as error:
            raise self._unusable(error) from error
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        close = getattr(getattr(self._asked, "client", None), "close", None)
        self._asked = None
        closing = close() if callable(close) else None
        if inspect.isawaitable(closing):
            await closing

    async def complete(self, messages: Sequence[Message]) -> Reply:
        """Send the conversation; transient failures are tried again."""
        letters = sum(len(message.content) for message in messages)
        tokens = letters / CHARACTERS_PER_TOKEN + _USUAL_TOKENS
        sent = await self.traffic.call(lambda: self._send(messages), tokens)
        reply = sent.value
        if reply.prompt_tokens is not None and reply.completion_tokens is not None:
            self.traffic.settle(tokens, reply.prompt_tokens + reply.completion_tokens)
        return replace(reply, retries=sent.retries, waited_seconds=sent.waited_seconds)

    async def _send(self, messages: Sequence[Message]) -> Reply:
        try:
            async with asyncio.timeout(self.timeout_seconds) as limit:
                return self._read(await self._ask(messages))
        except TargetError as error:  # reported within a reply
            said = quote(self._hide(error.message))
            raise type(error)(said, error.retry_after_seconds) from error
        except Exception as error:
            if limit.expired():
                waited = f"no whole answer in {self.timeout_seconds:.0f} s"
                raise TargetTimeoutError(waited) from error
            block = block_of(error, self._hide)
            if block is not None:
                return Reply(text="", block=block)
            raise self._failure(error) from error

    async def _ask(self, messages: Sequence[Message]) -> Any:
        assert self._asked is not None, "entered before it is used"
        sampling = self.sampling
        fields: dict[str, Any] = {
            "temperature": sampling.temperature,
            "max_tokens": sampling.max_tokens,
            "seed": sampling.seed,
        }
        if self._asked.TIMEOUT_SUPPORT != "unsupported":
            fields["timeout"] = self.timeout_seconds
        return await self._asked.acompletion(
            self.model,
            [{"role": m.role, "content": _clean(m.content)} for m in messages],
            **{key: value for key, value in fields.items() if value is not None},
        )

    def _read(self, completion: Any) -> Reply:
        """What the library made of the reply has the form of a chat completion."""
        return self._wire.read(completion.model_dump(warnings=False))

    def _create(self) -> AnyLLM:
        """The provider's client, with key and address from our environment."""
        kind = AnyLLM.get_provider_class(self.provider)
        name = kind.ENV_API_KEY_NAME or ""
        known = [self.environment.get(part) for part in name.split("/")]
        key = next((value for value in known if value), None)
        self._server = Server(
            base_url=f"any/{self.provider}", key=key, key_name=name or "its key"
        )
        off = {} if kind.MAX_RETRIES_SUPPORT == "unsupported" else {"max_retries": 0}
        return AnyLLM.create(
            self.provider,
            api_key=key,
            api_base=self.environment.get(kind.ENV_API_BASE_NAME or "") or None,
            unified_exceptions=True,
            **off,
        )

    def _failure(self, error: Exception) -> Exception:
        return failure_from(error, self._server, self.model, self._hide)

    def _unusable(self, error: Exception) -> InputError:
        """Why no call could succeed."""
        found = self._failure(error)
        if isinstance(found, InputError):
            return found
        return InputError(
            f"--target any/{self.provider}/{self.model}",
            f"cannot be set up ({quote(self._hide(str(error)))})",
            f"See what any-llm-sdk needs for the provider {self.provider}.",
        )

    def _hide(self, text: str) -> str:
        """The text without anything that the environment holds as a secret."""
        secrets = {
            value
            for name, value in self.environment.items()
            if name.upper().endswith(_SECRET_ENDINGS) and len(value) >= _LEAST_SECRET
        }
        for secret in sorted(secrets, key=len, reverse=True):
            text = text.replace(secret, "(key)")
        return text


def _clean(text: str) -> str:
    """The text without lone surrogates, which the libraries cannot send."""
    return text.encode("utf-8", errors="replace").decode("utf-8")
