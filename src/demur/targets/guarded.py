"""Guardrails around a target: one that reads what is asked, one what is answered."""

import time
from dataclasses import dataclass, replace

from demur.clients.base import Service
from demur.errors import TargetError
from demur.records.transcript import Block, Layer, Transcript
from demur.records.trial import Trial
from demur.targets.base import Target
from demur.targets.guard import Guard, Stop
from demur.targets.wrapper import Wrapper


@dataclass(frozen=True, slots=True)
class GuardedTarget(Wrapper):
    """Asks what the input guard lets through; hands on what the output guard does.

    What the input guard stops, the target never hears of. What the output guard stops
    is kept as ``withheld``. Either is a transcript with a block of that guard's layer.
    A block by the target itself is handed on unread: there is no answer to check.
    """

    target: Target
    input_guard: Guard | None = None
    output_guard: Guard | None = None

    @property
    def settings(self) -> dict[str, str]:
        """The target's, and each guard's under the side it stands on."""
        return {
            **self.target.settings,
            **_settings("input_guard", self.input_guard),
            **_settings("output_guard", self.output_guard),
        }

    @property
    def concurrency(self) -> int:
        """The target's."""
        return self.target.concurrency

    def parts(self) -> tuple[Service, ...]:
        """The target, then its guards."""
        guards = (self.input_guard, self.output_guard)
        return (self.target, *(guard for guard in guards if guard is not None))

    async def ask(self, trial: Trial) -> Transcript:
        """A guard's block, or else what the target says."""
        started = time.monotonic()
        said = trial.user_words
        stop = await _check(self.input_guard, said, said)
        if stop is not None:
            block = _block(Layer.INPUT_GUARD, self.input_guard, stop)
            return Transcript(trial_id=trial.id, response="", block=block)
        found = await self.target.ask(trial)
        if found.block is not None:
            return found
        stop = await _check(self.output_guard, found.response, said)
        if stop is None:
            return found
        return replace(
            found,
            response="",
            withheld=found.response,
            block=_block(Layer.OUTPUT_GUARD, self.output_guard, stop),
            seconds=max(found.seconds, time.monotonic() - started),
        )


def _settings(side: str, guard: Guard | None) -> dict[str, str]:
    if guard is None:
        return {}
    found = {f"{side}_{key}": value for key, value in guard.settings.items()}
    return {side: guard.name, **found}


async def _check(guard: Guard | None, text: str, request: str) -> Stop | None:
    """What the guard says; a failure names it, or one would look in the target."""
    if guard is None:
        return None
    try:
        return await guard.check(text, request)
    except TargetError as error:
        said = f"{guard.name} guard: {error.message}"
        failed = type(error)(said, error.retry_after_seconds)
    raise failed


def _block(layer: Layer, guard: Guard | None, stop: Stop) -> Block:
    name = "" if guard is None else guard.name
    return Block(layer=layer, code=f"{name} guard", detail=stop.reason)
