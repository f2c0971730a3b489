"""A guard that stops on words, as careless companies build it."""

from dataclasses import dataclass

from demur.targets.guard import Stop
from demur.targets.keywords import found_words, word_pattern
from demur.targets.wrapper import Ready


@dataclass(frozen=True, slots=True)
class KeywordGuard(Ready):
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

    async def check(self, text: str, request: str) -> Stop | None:
        """A stop that names the words found, or None."""
        found = found_words(word_pattern(self.words), text)
        return Stop(reason=", ".join(found)) if found else None
