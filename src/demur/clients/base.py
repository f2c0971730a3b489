"""What every client of a model API promises."""

from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, Protocol, Self

from demur.records.transcript import Block


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One turn of a conversation, as it is sent."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How the answer is drawn. What is None is not sent: the server decides.

    Attributes:
        temperature: 0 is greedy.
        max_tokens: Most tokens of one answer.
        seed: For servers that take one.
    """

    temperature: float | None = None
    max_tokens: int | None = None
    seed: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a model API answered. The fields mean what they mean in `Transcript`."""

    text: str
    finish_reason: str | None = None
    block: Block | None = None
    reasoning: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    model: str | None = None
    retries: int = 0
    waited_seconds: float = 0.0


class Service(Protocol):
    """What is entered before it is used: a client, a target, a guard.

    Promises:
        * Entered as an async context manager before the first call. Entering fails
          with an `InputError` if no call could succeed: no key, nobody listening,
          no model file.
    """

    @property
    def settings(self) -> dict[str, str]:
        """What identifies it and how it is asked. Never holds a key."""
        ...

    async def __aenter__(self) -> Self:
        """Connect or load."""
        ...

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let go of what was held."""
        ...


class Client(Service, Protocol):
    """A model that can be sent a conversation.

    Promises:
        * The text is returned exactly as received. A filter's block is a `Block`,
          never text.
        * A failure raises a `TargetError`; one that every further call would meet
          too raises `TargetDeniedError`.
        * Calls may overlap, up to `concurrency` of them with profit.
    """

    @property
    def concurrency(self) -> int:
        """How many calls at once serve it well."""
        ...

    async def complete(self, messages: Sequence[Message]) -> Reply:
        """Send the conversation and wait for the whole answer."""
        ...
