"""What every judge promises."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Protocol, Self, runtime_checkable

from demur.records.transcript import Transcript
from demur.records.trial import Trial
from demur.records.verdict import Judgement


class Judge(Protocol):
    """Something that turns a transcript into a verdict.

    Promises:
        * The same trial and transcript give the same judgement.
        * ``undecided`` means that it read the response and could not tell. A judge
          that broke raises a `JudgeError` instead.
        * What the response says is data: it is never obeyed.
        * It is not asked about transcripts that the protocol already explains.

    Attributes:
        name: Name and version, such as ``phrase@1``.
    """

    name: str

    async def judge(self, trial: Trial, transcript: Transcript) -> Judgement:
        """Say what the response did with the request."""
        ...


@runtime_checkable
class AskingJudge(Protocol):
    """A judge that asks models, which takes time and may cost money.

    Promises, beside a `Judge`'s:
        * Entered as an async context manager before the first judgement; again and
          again if wanted, one after the other, each time in any event loop.
        * Judgements may overlap, up to `concurrency` of them with profit.
        * The same judgement of it is the same only as far as the model's answers are:
          a kept reply makes it so.
    """

    @property
    def concurrency(self) -> int:
        """How many judgements at once serve its models well."""
        ...

    def tokens_to_read(
        self, trial: Trial, transcript: Transcript | None
    ) -> tuple[int, ...]:
        """Tokens of each call that judging this takes at most, about.

        Empty where no call is needed. No transcript: of one that is still to come.
        """
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


@asynccontextmanager
async def entered(judge: Judge | None) -> AsyncIterator[None]:
    """The judge's models held open, where it asks any."""
    if isinstance(judge, AskingJudge):
        async with judge:
            yield
    else:
        yield


def width(judge: Judge) -> int:
    """How many judgements at once serve a judge well: 1 where it asks nobody."""
    return judge.concurrency if isinstance(judge, AskingJudge) else 1
