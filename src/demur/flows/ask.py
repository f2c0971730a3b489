"""Ask trials, many at once, until all are asked or a limit is reached."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence

from demur.errors import (
    TargetDeniedError,
    TargetDownError,
    TargetError,
    TargetStoppedError,
)
from demur.flows.cost import cost_of, most_prompt_tokens
from demur.flows.keep import Keeper
from demur.flows.plan import Limits
from demur.flows.progress import Progress, Watch
from demur.records.transcript import FailedTrial, Transcript
from demur.records.trial import Trial
from demur.stores.base import Record
from demur.targets.base import Target

Answer = Transcript | FailedTrial

Follow = Callable[[Answer, Trial, Keeper], Awaitable[str | None]]
"""Called after each answer; what it returns, if anything, is why to end."""

HOPELESS = 20
"""Trials in a row that fail before no further one is begun."""


class Asking:
    """The workers that ask a run's missing trials.

    Args:
        target: Whom to ask.
        limits: When to begin no further trial.
        progress: How far the run has come before.
        watch: Told of each advance.
        stop: Once set, no further trial is begun.
        follow: Called with each answer before the next is asked for; None: nothing is.
    """

    def __init__(
        self,
        target: Target,
        limits: Limits,
        progress: Progress,
        watch: Watch,
        stop: asyncio.Event,
        follow: Follow | None = None,
    ) -> None:
        self.progress = progress
        self._follow = follow
        self.ended: str | None = None
        self._target = target
        self._limits = limits
        self._watch = watch
        self._stop = stop
        self._trials: dict[str, Trial] = {}
        self._waiting: deque[Trial] = deque()
        self._begun = 0
        self._failed_in_a_row = 0
        self._denied: TargetDeniedError | None = None
        self._cost = 0.0
        self._worst_under_way: dict[str, float] = {}

    async def ask(
        self, trials: Sequence[Trial], keeper: Keeper, concurrency: int
    ) -> None:
        """Ask until nothing is left, a limit is reached or we are told to stop.

        After it, `ended` says what ended it early, where that was not the user.
        """
        self._trials = {trial.id: trial for trial in trials}
        self._waiting = deque(trials)
        self._watch(self.progress)
        try:
            async with asyncio.TaskGroup() as tasks:
                for _ in range(min(concurrency, len(trials))):
                    tasks.create_task(self._work(keeper))
        except ExceptionGroup as group:
            # The first failure cancels the rest, so it is the cause: raise it plain.
            raise group.exceptions[0] from group
        if self._denied is not None:
            raise self._denied

    def kept(self, records: Iterable[Record]) -> None:
        """Count what survives anything now."""
        before = self.progress
        for record in records:
            if isinstance(record, FailedTrial):
                self.progress = self.progress.and_failed(record)
            elif isinstance(record, Transcript):
                trial = self._trials[record.trial_id]
                self.progress = self.progress.and_answered(
                    record, trial, self._limits.prices
                )
        if self.progress is not before:
            self._watch(self.progress)

    async def _work(self, keeper: Keeper) -> None:
        while (trial := self._next()) is not None:
            self._worst_under_way[trial.id] = self._worst_cost(trial)
            record = await self._ask(trial)
            del self._worst_under_way[trial.id]
            if record is not None:
                self._note(record, trial)
                await keeper.add(record)
                await self._go_on(record, trial, keeper)
            # A target that never waits must not keep Ctrl-C from being heard.
            await asyncio.sleep(0)

    async def _go_on(self, record: Answer, trial: Trial, keeper: Keeper) -> None:
        """Let whoever follows decide whether there is more to ask."""
        why = None
        if self._follow is not None and self.ended is None:
            why = await self._follow(record, trial, keeper)
        if why is not None:
            self._end(why)

    def _next(self) -> Trial | None:
        """The next trial to ask; None if this worker is not needed any more."""
        if not self._waiting or self._stop.is_set() or self.ended is not None:
            return None
        limits = self._limits
        if limits.trials is not None and self._begun >= limits.trials:
            self.ended = f"the limit of {limits.trials} trials is reached"
            return None
        if not self._can_pay(self._worst_cost(self._waiting[0])):
            return None
        self._begun += 1
        return self._waiting.popleft()

    def _can_pay(self, worst: float) -> bool:
        """Whether a trial keeps to the limit even if it costs the most that it can."""
        limit = self._limits.cost
        if limit is None:
            return True
        if self._cost + sum(self._worst_under_way.values()) + worst <= limit:
            return True
        if not self._worst_under_way:  # else one under way may yet turn out cheaper
            self.ended = (
                f"the next trial could take the cost above the limit of {limit:g}; "
                f"so far it is {self._cost:.4f}"
            )
        return False

    def _worst_cost(self, trial: Trial) -> float:
        """The most that a trial can cost, about."""
        prices = self._limits.prices
        if prices is None:
            return 0.0
        return prices.cost(most_prompt_tokens(trial), self._limits.longest_answer)

    async def _ask(self, trial: Trial) -> Answer | None:
        """Ask one trial; the only place where a target's failure becomes a record.

        None where it was not asked after all: it stays missing.
        """
        try:
            return await self._target.ask(trial)
        except TargetStoppedError:
            return None
        except TargetError as error:
            return FailedTrial(
                trial_id=trial.id, error=type(error).__name__, message=str(error)
            )
        except TargetDeniedError as error:
            # Every further trial would meet it, but those under way may be paid for.
            self._denied = self._denied or error
            self._end(error.problem)
            return None
        except TargetDownError as error:
            self._end(error.message)
            return None

    def _note(self, record: Answer, trial: Trial) -> None:
        """What an answer costs, and whether going on makes sense."""
        if not isinstance(record, FailedTrial):
            self._failed_in_a_row = 0
            if self._limits.prices is not None:
                self._cost += cost_of(record, trial, self._limits.prices)
            return
        self._failed_in_a_row += 1
        if self._failed_in_a_row >= HOPELESS:
            self._end(
                f"{self._failed_in_a_row} trials in a row failed, the last with: "
                f"{record.message}"
            )

    def _end(self, why: str) -> None:
        """Begin nothing more, and give up what only waits for its turn."""
        if self.ended is None:
            self.ended = why
        self._stop.set()
