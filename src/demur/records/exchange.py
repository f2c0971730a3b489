"""A request and a response from somebody's file, read as trial and transcript."""

from dataclasses import dataclass

from demur.records.case import Case, Expectation, Expected, Turn
from demur.records.context import GENERAL, Context, Deployment
from demur.records.transcript import Block, Transcript
from demur.records.trial import Trial

_UNKNOWN = Expected(expectation=Expectation.ANSWER, reason="")
"""Nobody said what to expect, and no judge looks at it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A request with the response to it.

    Attributes:
        number: Line or row of its file, from 1.
        id: As the file has it; its number where the file has none. Need not be unique.
        request: What the user said last; empty where the file does not say.
        response: What came back, exactly.
        earlier: The turns before the request.
        system: The system prompt; None where the file holds none.
        finish_reason: The protocol's word for why the response ended; None if none.
        block: Set where the protocol says that the answer was withheld.
        model: Who answered; None where the file does not say.
    """

    number: int
    id: str | int
    request: str
    response: str
    earlier: tuple[Turn, ...] = ()
    system: str | None = None
    finish_reason: str | None = None
    block: Block | None = None
    model: str | None = None

    @property
    def trial(self) -> Trial:
        """What a judge is told was asked."""
        name = str(self.id)
        case = Case(
            id=name,
            field="any",
            topic="any",
            request=self.request,
            family=name,
            earlier=self.earlier,
            expected={GENERAL: _UNKNOWN},
        )
        return Trial(case=case, context=_context(self.system))

    @property
    def transcript(self) -> Transcript:
        """What a judge is told came back."""
        return Transcript(
            trial_id=self.trial.id,
            response=self.response,
            finish_reason=self.finish_reason,
            block=self.block,
            model=self.model,
        )


def _context(system: str | None) -> Context:
    if system is None:
        return Context(id=GENERAL)
    deployment = Deployment(id=GENERAL, field="any", system=system)
    return Context(id=GENERAL, deployment=deployment)


@dataclass(frozen=True, slots=True, kw_only=True)
class BadExchange:
    """A line or row that cannot be read as one.

    Attributes:
        number: As in `Exchange`.
        id: As in `Exchange`, where that much can be read; else the number.
        problem: What is wrong: one clause, no full stop.
    """

    number: int
    id: str | int
    problem: str
