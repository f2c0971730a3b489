"""What tokens cost."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """What a million tokens cost, in any one currency.

    Attributes:
        read: Of the prompt.
        written: Of the answer, thinking included.
    """

    read: float
    written: float

    def cost(self, read: float, written: float) -> float:
        """Cost of so many tokens."""
        return (read * self.read + written * self.written) / 1e6
