"""What judges that consist of other judges have in common."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Self

from demur.judges.base import AskingJudge, Judge, entered, width
from demur.records.transcript import Transcript
from demur.records.trial import Trial


class Members:
    """Several judges, entered and left together.

    Args:
        judges: At least one.
    """

    def __init__(self, judges: Sequence[Judge]) -> None:
        self.judges = tuple(judges)
        self._held: AsyncExitStack | None = None

    @property
    def concurrency(self) -> int:
        """As many as suit the one that takes most."""
        return max(width(judge) for judge in self.judges)

    def tokens_to_read(
        self, trial: Trial, transcript: Transcript | None
    ) -> tuple[int, ...]:
        """Of all their calls."""
        return tuple(
            tokens
            for judge in self.judges
            if isinstance(judge, AskingJudge)
            for tokens in judge.tokens_to_read(trial, transcript)
        )

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            for judge in self.judges:
                await stack.enter_async_context(entered(judge))
            self._held = stack.pop_all()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        held, self._held = self._held, None
        if held is not None:
            await held.__aexit__(kind, error, trace)
