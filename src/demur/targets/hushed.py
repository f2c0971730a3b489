"""Keeps keys out of what a target says of its failures."""

from collections.abc import Callable
from dataclasses import dataclass, field

from demur.clients.base import Service
from demur.errors import TargetDeniedError, TargetDownError, TargetError
from demur.records.transcript import Transcript
from demur.records.trial import Trial
from demur.targets.base import Target
from demur.targets.wrapper import Wrapper


@dataclass(frozen=True, slots=True)
class HushedTarget(Wrapper):
    """Asks the target; what it raises is raised without keys, and without its cause.

    A user's own function or program may put a key into its error. What a target
    answers is kept exactly as received.

    Attributes:
        target: Whom to ask.
        hide: Takes keys out of a text.
    """

    target: Target
    hide: Callable[[str], str] = field(repr=False)

    @property
    def settings(self) -> dict[str, str]:
        """The target's."""
        return self.target.settings

    @property
    def concurrency(self) -> int:
        """The target's."""
        return self.target.concurrency

    def parts(self) -> tuple[Service, ...]:
        """The target alone."""
        return (self.target,)

    async def ask(self, trial: Trial) -> Transcript:
        """What the target says."""
        hushed: Exception
        try:
            return await self.target.ask(trial)
        except TargetError as error:
            hushed = type(error)(self.hide(error.message), error.retry_after_seconds)
        except TargetDownError as error:
            hushed = TargetDownError(self.hide(error.message))
        except TargetDeniedError as error:
            words = (error.where, error.problem, error.hint)
            hushed = TargetDeniedError(*map(self.hide, words))
        raise hushed
