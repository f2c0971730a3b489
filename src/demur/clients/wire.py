"""What every wire protocol promises: how a conversation is put, how a reply is read."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from demur.clients.base import Message, Reply, Sampling
from demur.records.transcript import Block


class Wire(Protocol):
    """One API's way of putting things, for one model. Does no I/O.

    Promises:
        * A filter's block is read as a `Block`, from the protocol's fields and codes,
          never from an answer's words. A filter that failed is not a block.
        * Thinking is kept apart from the answer's text.
        * The text is taken exactly as it came.
    """

    @property
    def name(self) -> str:
        """Of the protocol, for the record of a run."""
        ...

    @property
    def model(self) -> str:
        """The model's name, as the server knows it."""
        ...

    @property
    def path(self) -> str:
        """Where calls are posted, after the base URL."""
        ...

    def headers(self, key: str | None) -> Mapping[str, str]:
        """What carries the key, and what else every call needs."""
        ...

    def sampling_fields(self, sampling: Sampling) -> dict[str, Any]:
        """What is sent of how answers are drawn, in the protocol's own names."""
        ...

    def body(self, messages: Sequence[Message], sampling: Sampling) -> dict[str, Any]:
        """The JSON body of a call."""
        ...

    def read(self, body: Any) -> Reply:
        """The reply in the JSON value of a successful call.

        Raises:
            TargetError: If the body itself reports a failure.
            AttributeError, IndexError, KeyError, TypeError: If it is no such reply.
        """
        ...

    def read_block(self, status: int, body: Any) -> Block | None:
        """The block that an error's JSON value reports; None where it reports none.

        Raises:
            AttributeError, IndexError, KeyError, TypeError: If it is no such error;
                that is no block either.
        """
        ...
