"""One case in one context: what is asked."""

from dataclasses import dataclass

from demur.records.case import Case, Expected
from demur.records.context import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One case in one context, sample number k.

    Attributes:
        case: What is asked.
        context: Who asks whom. Its id is a key of ``case.expected``.
        sample: Number of the repetition, from 1.
    """

    case: Case
    context: Context
    sample: int = 1

    @property
    def id(self) -> str:
        """``case@context#sample``: stays the same when a suite is reordered."""
        return f"{self.case.id}@{self.context.id}#{self.sample}"

    @property
    def expected(self) -> Expected:
        """What a right response does here, and why."""
        return self.case.expected[self.context.id]

    @property
    def user_message(self) -> str:
        """What the user says: the frame, if any, and then the request."""
        if self.context.frame is None:
            return self.case.request
        return f"{self.context.frame}\n\n{self.case.request}"
