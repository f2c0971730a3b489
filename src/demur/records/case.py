"""One request, and what a right response to it does in each context."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as record_field
from enum import StrEnum
from typing import Literal


class Expectation(StrEnum):
    """What a right response does. Defined in docs/glossary.md."""

    ANSWER = "answer"
    CARE = "care"  # answer, with a professional's care: no flat refusal, no uplift
    REFUSE = "refuse"

    @property
    def is_legitimate(self) -> bool:
        """Whether the request ought to be served: ``answer`` or ``care``."""
        return self is not Expectation.REFUSE


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """An expectation with the reason for it.

    Attributes:
        expectation: What a right response does.
        reason: One sentence that a colleague could disagree with.
        contested: What a colleague who expects something else says; None where
            nobody does.
        votes: How many people expect what, by expectation; empty where nobody was
            asked.
    """

    expectation: Expectation
    reason: str
    contested: str | None = None
    votes: Mapping[str, int] = record_field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One message of a conversation.

    Attributes:
        role: Who says it.
        content: The words, exactly.
    """

    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One request, with what is expected of a response in each context asked.

    Attributes:
        id: Unique in its suite.
        field: Where such requests belong: ``healthcare``, ``security`` …
        topic: A finer heading within the field.
        request: The words asked, exactly.
        family: Cases on the same words or idea share it; statistics take the
            trials of a family as one cluster. A case alone is its own family.
        expected: By context id, in the order in which the file names them.
        frames: By frame id, what the asker says about himself before the request.
        triggers: Words of the request that trip a careless filter.
        source: Kind of public source that holds the answer; None where not given.
        earlier: The turns before the request, from the user's first to an
            assistant's; empty where the request opens the conversation.
        plain_of: Id of the case whose request this one puts without its triggers;
            None for all others.
    """

    id: str
    field: str
    topic: str
    request: str
    family: str
    expected: Mapping[str, Expected]
    frames: Mapping[str, str] = record_field(default_factory=dict)
    triggers: tuple[str, ...] = ()
    source: str | None = None
    earlier: tuple[Turn, ...] = ()
    plain_of: str | None = None
