"""A target that answers from a table, for tests."""

from types import TracebackType
from typing import Self

from demur.errors import TargetError
from demur.records.transcript import Transcript
from demur.records.trial import Trial


class ScriptedTarget:
    """Answers by case id; what is an exception is raised. Remembers what was asked."""

    def __init__(self, answers: dict[str, str | Exception]) -> None:
        self._answers = answers
        self.asked: list[str] = []
        self.entered = 0

    @property
    def settings(self) -> dict[str, str]:
        return {"model": "scripted"}

    @property
    def concurrency(self) -> int:
        return 2

    async def __aenter__(self) -> Self:
        self.entered += 1
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        return None

    async def ask(self, trial: Trial) -> Transcript:
        self.asked.append(trial.id)
        answer = self._answers[trial.case.id]
        if isinstance(answer, Exception):
            raise answer
        return Transcript(trial_id=trial.id, response=answer, finish_reason="stop")


class UnreachableTarget(ScriptedTarget):
    """A target that cannot be entered."""

    def __init__(self, error: Exception | TargetError) -> None:
        super().__init__({})
        self._error = error

    async def __aenter__(self) -> Self:
        raise self._error
