"""One case in one context: what is asked."""

from dataclasses import dataclass

from demur.records.case import Case, Expected, Turn
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
    def is_plain(self) -> bool:
        """Whether it is asked beside another, to show what that one's triggers do."""
        return self.case.plain_of is not None

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The conversation up to the request, the frame before its first words."""
        first, *rest = (
            *self.case.earlier,
            Turn(role="user", content=self.case.request),
        )
        if self.context.frame is None:
            return (first, *rest)
        framed = f"{self.context.frame}\n\n{first.content}"
        return (Turn(role="user", content=framed), *rest)

    @property
    def user_message(self) -> str:
        """What the user says last: the request, with the frame if it is the first."""
        return self.turns[-1].content

    @property
    def user_words(self) -> str:
        """All that the user says, in one text."""
        return "\n\n".join(t.content for t in self.turns if t.role == "user")
