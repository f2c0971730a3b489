"""What every guard promises, and what it says of a text that it stops."""

from dataclasses import dataclass
from typing import Protocol

from demur.clients.base import Service


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A guard's word that a text goes no further.

    Attributes:
        reason: Why, in words; may be empty.
        score: What it scored, where it scores.
    """

    reason: str = ""
    score: float | None = None


class Guard(Service, Protocol):
    """Something that reads what is said and may stop it.

    Promises:
        * A guard that cannot tell raises a `TargetError`: nothing is let through, and
          nothing blocked, because a guard failed.
        * Its settings say all that decides what it stops, and never hold a key.
        * Calls may overlap.
    """

    @property
    def name(self) -> str:
        """As reports call it."""
        ...

    async def check(self, text: str, request: str) -> Stop | None:
        """Why this text is stopped; None lets it through.

        Args:
            text: What to check: what the user says, or what the target answers.
            request: What the user says, in either case.
        """
        ...
