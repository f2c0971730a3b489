"""A context in front of a model: the usual target."""

import time
from dataclasses import dataclass

from demur.clients.base import Client, Message, Service
from demur.records.transcript import Transcript
from demur.records.trial import Trial
from demur.targets.wrapper import Wrapper


@dataclass(frozen=True, slots=True)
class DeploymentTarget(Wrapper):
    """Sends the trial's system prompt, if any, and its words to a client."""

    client: Client

    @property
    def settings(self) -> dict[str, str]:
        """The client's."""
        return self.client.settings

    @property
    def concurrency(self) -> int:
        """The client's."""
        return self.client.concurrency

    def parts(self) -> tuple[Service, ...]:
        """The client alone."""
        return (self.client,)

    async def ask(self, trial: Trial) -> Transcript:
        """Ask the trial; the reply's fields go into the transcript unchanged."""
        started = time.monotonic()
        reply = await self.client.complete(conversation(trial))
        return Transcript(
            trial_id=trial.id,
            response=reply.text,
            finish_reason=reply.finish_reason,
            block=reply.block,
            reasoning=reply.reasoning,
            seconds=time.monotonic() - started,
            prompt_tokens=reply.prompt_tokens,
            completion_tokens=reply.completion_tokens,
            model=reply.model,
            retries=reply.retries,
            waited_seconds=reply.waited_seconds,
        )


def conversation(trial: Trial) -> tuple[Message, ...]:
    """The messages of a trial: the deployment's system prompt, then the turns."""
    said = tuple(Message(role=turn.role, content=turn.content) for turn in trial.turns)
    if trial.context.deployment is None:
        return said
    return (Message(role="system", content=trial.context.deployment.system), *said)
