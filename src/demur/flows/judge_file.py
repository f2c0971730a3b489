"""Judge transcripts of anybody's file, or of a stored run, in order."""

from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import aclosing
from dataclasses import dataclass, field

from demur.flows.cost import Bill
from demur.flows.find_run import find_run
from demur.flows.in_order import in_order
from demur.flows.judge import judge_one, judge_run, unannounced
from demur.judges.base import Judge, entered, width
from demur.records.exchange import BadExchange, Exchange
from demur.records.outcome import Outcome
from demur.records.run import RunHeader
from demur.records.transcript import Transcript
from demur.records.trial import Trial
from demur.records.verdict import FailedJudgement, Judgement, Verdict
from demur.stores.base import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """An exchange and what was said of it.

    Attributes:
        exchange: What was judged, or could not be read.
        judgement: The verdict; None where it could not be read or the judge broke.
        problem: Why there is no verdict; None where there is one.
    """

    exchange: Exchange | BadExchange
    judgement: Judgement | None
    problem: str | None


@dataclass(slots=True)
class Tally:
    """What has been judged so far.

    Attributes:
        verdicts: How many of each verdict.
        failed: How many have none.
    """

    verdicts: Counter[Verdict] = field(default_factory=Counter)
    failed: int = 0

    def add(self, judged: Judged) -> None:
        """Count one more."""
        if judged.judgement is None:
            self.failed += 1
        else:
            self.verdicts[judged.judgement.verdict] += 1

    @property
    def judged(self) -> int:
        """How many have a verdict."""
        return self.verdicts.total()


async def judge_exchanges(
    exchanges: Iterable[Exchange | BadExchange], judge: Judge
) -> AsyncGenerator[Judged, None]:
    """Each exchange with its judgement, in order; none is read long before wanted."""
    making = in_order(exchanges, lambda each: _judged(judge, each), width(judge))
    async with entered(judge), aclosing(making) as made:
        async for judged in made:
            yield judged


async def _judged(judge: Judge, exchange: Exchange | BadExchange) -> Judged:
    if isinstance(exchange, BadExchange):
        return Judged(exchange=exchange, judgement=None, problem=exchange.problem)
    made = await judge_one(judge, exchange.trial, exchange.transcript)
    if isinstance(made, FailedJudgement):
        problem = f"the judge failed: {made.message}"
        return Judged(exchange=exchange, judgement=None, problem=problem)
    return Judged(exchange=exchange, judgement=made, problem=None)


def exchange_pairs(
    exchanges: Iterable[Exchange | BadExchange],
) -> list[tuple[Trial, Transcript]]:
    """What there is to judge, for its cost."""
    found = (each for each in exchanges if isinstance(each, Exchange))
    return [(each.trial, each.transcript) for each in found]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunJudged:
    """A stored run, judged.

    Attributes:
        header: The run.
        judged: Its transcripts with their judgements, in the suite's order.
        now: How many of them were judged now, not before.
        unanswered: How many trials have no transcript to judge.
    """

    header: RunHeader
    judged: tuple[Judged, ...]
    now: int
    unanswered: int


async def judge_again(
    store: Store,
    name: str,
    judge: Judge,
    where: str,
    announce: Callable[[Bill], None] = unannounced,
) -> RunJudged:
    """Judge what this judge has not judged of a run yet, and keep it.

    Args:
        store: Where the run is.
        name: Of the run.
        judge: Whose judgements are wanted.
        where: What the store is called.
        announce: As of `judge_run`.

    Raises:
        UnknownNameError: If no run of the store, called ``where``, has the name.
    """
    header = find_run(store, name, where)
    now = await judge_run(store, header.id, judge, announce)
    outcomes = store.outcomes(header.id, judge.name)
    numbered = enumerate(outcomes, start=1)
    judged = [_of_outcome(n, o) for n, o in numbered if o.transcript is not None]
    return RunJudged(
        header=header,
        judged=tuple(judged),
        now=now,
        unanswered=len(outcomes) - len(judged),
    )


def _of_outcome(number: int, outcome: Outcome) -> Judged:
    assert outcome.transcript is not None
    broken = outcome.failed_judgement
    return Judged(
        exchange=Exchange(
            number=number,
            id=outcome.trial.id,
            request=outcome.trial.user_message,
            response=outcome.transcript.response,
        ),
        judgement=outcome.judgement,
        problem=None
        if outcome.judgement is not None or broken is None
        else f"the judge failed: {broken.message}",
    )
