"""A guardrail in front of a target."""

from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from demur.records.transcript import Block, Layer, Transcript
from demur.records.trial import Trial
from demur.targets.base import Target
from demur.targets.keywords import found_words, word_pattern


class Guard(Protocol):
    """Something that reads what the user says and may stop it."""

    @property
    def name(self) -> str:
        """As reports call it."""
        ...

    @property
    def settings(self) -> dict[str, str]:
        """What identifies it, for the record of the run."""
        ...

    def stops(self, text: str) -> str | None:
        """Why this text is stopped; None lets it through."""
        ...


@dataclass(frozen=True, slots=True)
class KeywordGuard:
    """Stops what holds a listed word, as careless companies build it.

    Attributes:
        words: What to look for, at the start of words, in any case.
        name: As reports call it.
    """

    words: tuple[str, ...]
    name: str = "keywords"

    @property
    def settings(self) -> dict[str, str]:
        """The whole list: it decides the run."""
        return {"guard": self.name, "guard_words": ", ".join(self.words)}

    def stops(self, text: str) -> str | None:
        """The words found, or None."""
        return ", ".join(found_words(word_pattern(self.words), text)) or None


@dataclass(frozen=True, slots=True)
class GuardedTarget:
    """Asks the target only what the guard lets through.

    What the guard stops is a transcript with a block of layer ``input guard``, and
    the target never hears of it.
    """

    target: Target
    guard: Guard

    @property
    def settings(self) -> dict[str, str]:
        """The target's and the guard's."""
        return {**self.target.settings, **self.guard.settings}

    @property
    def concurrency(self) -> int:
        """The target's."""
        return self.target.concurrency

    async def __aenter__(self) -> Self:
        await self.target.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.target.__aexit__(kind, error, trace)

    async def ask(self, trial: Trial) -> Transcript:
        """The guard's block, or else what the target says."""
        reason = self.guard.stops(trial.user_message)
        if reason is None:
            return await self.target.ask(trial)
        code = f"{self.guard.name} guard"
        block = Block(layer=Layer.INPUT_GUARD, code=code, detail=reason)
        return Transcript(trial_id=trial.id, response="", block=block)
