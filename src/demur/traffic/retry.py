"""How often, and after how long, a failure is tried again. Knows no content."""

from dataclasses import dataclass

import numpy as np

LONGEST_WAIT_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """How often, and after how long, a transient failure is tried again.

    Attributes:
        tries: Most calls for one answer, the first included. Calls that a rate limit
            turned away are not counted: those only cost patience.
        first_wait_seconds: Wait before the second call; doubles from call to call.
        patience_seconds: Longest that one answer may wait for rate limits in all.
    """

    tries: int = 4
    first_wait_seconds: float = 0.5
    patience_seconds: float = 600.0

    def wait_seconds(self, failures: int, rng: np.random.Generator) -> float:
        """The wait after so many failures, from 1: doubling, jittered by half."""
        doubled = self.first_wait_seconds * 2.0 ** min(failures - 1, 20)
        return min(doubled * float(rng.uniform(0.5, 1.5)), LONGEST_WAIT_SECONDS)
