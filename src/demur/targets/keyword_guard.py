"""A guard that stops on words, as careless companies build it."""

from dataclasses import dataclass
from types import TracebackType
from typing import Self

from demur.targets.guard import Stop
from demur.targets.keywords import found_words, word_pattern


@dataclass(frozen=True, slots=True)
class KeywordGuard:
    """Stops what holds a listed word.

    Attributes:
        words: What to look for, at the start of words, in any case.
        name: As reports call it.
    """

    words: tuple[str, ...]
    name: str = "keywords"

    @property
    def settings(self) -> dict[str, str]:
        """The whole list: it decides the run."""
        return {"words": ", ".join(self.words)}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        return None

    async def check(self, text: str, request: str) -> Stop | None:
        """A stop that names the words found, or None."""
        found = found_words(word_pattern(self.words), text)
        return Stop(reason=", ".join(found)) if found else None
