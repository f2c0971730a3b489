"""How one answer has fared so far: its tries, its waits, its patience."""

import numpy as np

from demur.errors import TargetDownError, TargetError, TargetRateLimitError
from demur.traffic.retry import Retry


class Attempt:
    """How one answer has fared so far.

    Attributes:
        retries: How often it was sent again.
        waited: Seconds spent waiting, for whatever reason.
    """

    def __init__(self, retry: Retry, rng: np.random.Generator) -> None:
        self._retry = retry
        self._rng = rng
        self._failures = 0
        self._turned_away = 0
        self._patience_used = 0.0
        self.retries = 0
        self.waited = 0.0

    def has_waited(self, seconds: float) -> None:
        """Count a wait; less than a millisecond is none."""
        self.waited += seconds if seconds >= 0.001 else 0.0

    def again_after(self, error: TargetError) -> float:
        """The seconds to wait after a failure; raises it if the tries are used up."""
        self._failures += 1
        if self._failures >= self._retry.tries:
            raise error
        wait = self._retry.wait_seconds(self._failures, self._rng)
        if error.retry_after_seconds is not None:
            self._check(error.retry_after_seconds, error)
            wait = error.retry_after_seconds
        self.retries += 1
        return wait

    def turned_away(self, error: TargetRateLimitError) -> float:
        """The seconds to wait after "too many": as asked, and longer from then on.

        A server may ask for no wait at all, again and again; our own doubling wait is
        the least from the second time on. Raises the error once patience is used up.
        """
        self._turned_away += 1
        if self._patience_used > self._retry.patience_seconds:
            raise error
        asked = error.retry_after_seconds
        if asked is None:
            wait = self._retry.wait_seconds(self._turned_away, self._rng)
        else:
            self._check(asked, error)
            wait = max(asked, self._own_wait())
        self.retries += 1
        self._patience_used += wait
        return wait

    def _own_wait(self) -> float:
        before = self._turned_away - 1
        return self._retry.wait_seconds(before, self._rng) if before else 0.0

    def _check(self, asked: float, error: TargetError) -> None:
        if asked > self._retry.patience_seconds:
            raise TargetDownError(
                f"the server asks us to wait {asked:.0f} s ({error}), which is longer "
                f"than the {self._retry.patience_seconds:.0f} s that we would"
            )
