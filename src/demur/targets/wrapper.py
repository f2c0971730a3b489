"""How services are entered: at once, or with the services that they are made of."""

from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from demur.clients.base import Service


class Ready:
    """Has nothing to enter: it is ready as it is made."""

    __slots__ = ()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        return None


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
