"""Targets for tests of the flows: they count what they cost, or fail when told to."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

from tests.scripted import ScriptedTarget

from demur.flows.cost import most_prompt_tokens
from demur.records.suite import Suite
from demur.records.transcript import Transcript
from demur.records.trial import Trial


def yes(suite: Suite) -> dict[str, str | Exception]:
    """Every case is answered."""
    return {case.id: "Yes." for case in suite.cases}


class CountingTarget(ScriptedTarget):
    """Answers with what it cost, a moment later.

    Args:
        suite: What it answers.
        written: Tokens that each answer took; None where the server does not say.
        seconds: How long an answer takes.
    """

    def __init__(
        self, suite: Suite, written: int | None, seconds: float = 0.001
    ) -> None:
        super().__init__(yes(suite))
        self._written = written
        self._seconds = seconds
        self._under_way = 0
        self.most_under_way = 0

    async def ask(self, trial: Trial) -> Transcript:
        self._under_way += 1
        self.most_under_way = max(self.most_under_way, self._under_way)
        transcript = await super().ask(trial)
        await asyncio.sleep(self._seconds)
        self._under_way -= 1
        read = most_prompt_tokens(trial)
        return replace(transcript, prompt_tokens=read, completion_tokens=self._written)


class ByNumberTarget(ScriptedTarget):
    """Fails on the calls with some numbers, from 1, and answers the rest."""

    def __init__(self, suite: Suite, failures: Mapping[int, Exception]) -> None:
        super().__init__(yes(suite))
        self._failures = failures

    async def ask(self, trial: Trial) -> Transcript:
        transcript = await super().ask(trial)
        failure = self._failures.get(len(self.asked))
        if failure is not None:
            raise failure
        return transcript
