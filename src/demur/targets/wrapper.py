"""What is made of other services: entered, left and as busy as they are."""

from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from demur.clients.base import Service


@dataclass(frozen=True, slots=True)
class Wrapper:
    """Enters its parts in order and leaves them in the opposite order.

    A part that cannot be entered leaves none of those before it open.
    """

    _doors: AsyncExitStack = field(
        default_factory=AsyncExitStack, init=False, repr=False, compare=False
    )

    def parts(self) -> tuple[Service, ...]:
        """What it is made of, in the order of entering."""
        raise NotImplementedError

    async def __aenter__(self) -> Self:
        try:
            for part in self.parts():
                await self._doors.enter_async_context(part)
        except BaseException:
            await self._doors.aclose()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._doors.__aexit__(kind, error, trace)
