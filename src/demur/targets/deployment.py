"""A context in front of a model: the usual target."""

import time
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from demur.clients.base import Client, Message
from demur.records.transcript import Transcript
from demur.records.trial import Trial


@dataclass(frozen=True, slots=True)
class DeploymentTarget:
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

    async def __aenter__(self) -> Self:
        await self.client.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.client.__aexit__(kind, error, trace)

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
    """The messages of a trial: the deployment's system prompt, then the user."""
    user = Message(role="user", content=trial.user_message)
    if trial.context.deployment is None:
        return (user,)
    return (Message(role="system", content=trial.context.deployment.system), user)
