"""What every client of a model API promises."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, Literal, Protocol, Self

from demur.records.transcript import Block


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One turn of a conversation, as it is sent."""

    role: Literal["system", "user", "assistant"]
    content: str


_OF_SCHEMAS = ("schema", "response_format", "text.format", "tool", "json")
"""What is in a server's words where it does not take a schema."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How the answer is drawn. What is None is not sent: the server decides.

    Attributes:
        temperature: 0 is greedy.
        max_tokens: Most tokens of one answer.
        seed: For servers that take one.
        schema: JSON Schema of an object that the answer is to be. A client that
            cannot ask for that leaves it out: whoever reads the answer checks it.
    """

    temperature: float | None = None
    max_tokens: int | None = None
    seed: int | None = None
    schema: Mapping[str, Any] | None = None

    def without_refused(self, message: str) -> "Sampling | None":
        """What to ask for where a server refused a part of it; None: nothing else.

        Only a call with a schema may be changed: what a target is asked for is part
        of its run.

        Args:
            message: The server's, on refusing the call.
        """
        said = message.lower()
        if self.schema is None:
            return None
        if self.temperature is not None and "temperature" in said:
            return replace(self, temperature=None)
        if any(word in said for word in _OF_SCHEMAS):
            return replace(self, schema=None)
        return None


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
