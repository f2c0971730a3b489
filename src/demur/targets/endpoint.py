"""A product's own HTTP endpoint, as a file describes it."""

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from demur.clients.base import Service
from demur.clients.http import Answer
from demur.clients.said import error_words, only, quote
from demur.clients.server import Server
from demur.errors import TargetRejectedError, TargetReplyError
from demur.records.transcript import Block, Transcript
from demur.records.trial import Trial
from demur.targets.deployment import conversation
from demur.targets.endpoint_form import (
    WHOLE,
    BlockForm,
    EndpointForm,
    SessionForm,
    read_endpoint_form,
)
from demur.targets.http_calls import HttpCalls
from demur.targets.path import find
from demur.targets.wrapper import Wrapper
from demur.traffic.traffic import Traffic

_LONGEST_ID = 4096
"""Characters of a session's id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointTarget(Wrapper):
    """Sends each trial as the file says, and reads the reply where it says.

    A deployment's system prompt is sent only where the file asks for it: most products
    have their own.

    Attributes:
        form: The file's fields.
        calls: Makes them.
        traffic: How many trials at once, how fast, what is tried again.
    """

    form: EndpointForm = field(repr=False)
    calls: HttpCalls
    traffic: Traffic
    _session: dict[str, str] = field(default_factory=dict, init=False, repr=False)
    _opening: asyncio.Lock = field(default_factory=asyncio.Lock, init=False, repr=False)

    @property
    def settings(self) -> dict[str, str]:
        """The file, its address, and a digest of what it says; never a key."""
        return {"api": "http", "endpoint": self.calls.file, **self.calls.settings}

    @property
    def concurrency(self) -> int:
        """As many calls as the traffic lets through."""
        return self.traffic.concurrency

    def parts(self) -> tuple[Service, ...]:
        """What makes its calls."""
        return (self.calls,)

    async def ask(self, trial: Trial) -> Transcript:
        """Ask the trial; a retry opens a session of its own."""
        started = time.monotonic()
        sent = await self.traffic.call(lambda: self._send(trial))
        return replace(
            sent.value,
            seconds=time.monotonic() - started,
            retries=sent.retries,
            waited_seconds=sent.waited_seconds,
        )

    async def _send(self, trial: Trial) -> Transcript:
        values: dict[str, object] = {**_of_trial(trial), **_said(trial)}
        if self.form.session is not None:
            values["session"] = await self._session_of(self.form.session, trial)
        answer = await self.calls.send(self.form, values)
        return self._read(answer, trial.id)

    async def _session_of(self, form: SessionForm, trial: Trial) -> str:
        if form.per == "trial":
            return await self._open(form, _of_trial(trial))
        async with self._opening:
            if "run" not in self._session:
                self._session["run"] = await self._open(form, {})
            return self._session["run"]

    async def _open(self, form: SessionForm, values: Mapping[str, object]) -> str:
        answer = await self.calls.send(form, values)
        found = find(form.id, self.calls.json(answer))
        if isinstance(found, int) and not isinstance(found, bool):
            found = str(found)
        is_id = isinstance(found, str) and 0 < len(found) <= _LONGEST_ID
        if not is_id or not found.isprintable():
            said = self.calls.quote(answer)
            raise TargetReplyError(f"session.id finds no id in the reply: {said}")
        return str(found)

    def _read(self, answer: Answer, trial_id: str) -> Transcript:
        layer = self.form.blocked_by.get(answer.status)
        if layer is not None:
            said = quote(self.calls.server.hide(error_words(answer.content)))
            block = Block(layer=layer, code=f"HTTP {answer.status}", detail=said)
            return Transcript(trial_id=trial_id, response="", block=block)
        if self.form.response.text == WHOLE and 200 <= answer.status < 300:
            text = answer.content.decode(errors="replace")
            return Transcript(trial_id=trial_id, response=text)
        return self._read_json(answer, trial_id)

    def _read_json(self, answer: Answer, trial_id: str) -> Transcript:
        body = self.calls.json(answer)
        paths = self.form.response
        error = find(paths.error, body)
        if error:
            said = quote(self.calls.server.hide(_words(error)))
            raise TargetRejectedError(f"the reply reports an error: {said}")
        block = self._block(paths.block_form, body)
        return Transcript(
            trial_id=trial_id,
            response=self._text(answer, body, is_blocked=block is not None),
            block=block,
            finish_reason=self._name(find(paths.finish_reason, body)),
            reasoning=only(str, find(paths.reasoning, body)),
            model=self._name(find(paths.model, body)),
            prompt_tokens=only(int, find(paths.prompt_tokens, body)),
            completion_tokens=only(int, find(paths.completion_tokens, body)),
        )

    def _text(self, answer: Answer, body: Any, *, is_blocked: bool) -> str:
        """The answer's text; a block may come without one."""
        path = self.form.response.text
        found = find(path, body)
        if isinstance(found, str):
            return found
        if is_blocked and found is None:
            return ""
        said = self.calls.quote(answer)
        kind = "nothing" if found is None else f"no text but a {type(found).__name__}"
        raise TargetReplyError(f"response.text ({path}) finds {kind} in: {said}")

    def _block(self, form: BlockForm | None, body: Any) -> Block | None:
        found = None if form is None else find(form.when, body)
        if form is None or not found:
            return None
        code = find(form.code, body) or (found if isinstance(found, str) else form.when)
        said = quote(self.calls.server.hide(_words(code)))
        return Block(layer=form.layer, code=said)

    def _name(self, value: object) -> str | None:
        found = only(str, value)
        return found and self.calls.server.hide(found)


def find_endpoint(
    file: Path,
    server: Server,
    traffic: Traffic,
    environment: Mapping[str, str],
) -> EndpointTarget:
    """The endpoint that a file describes.

    Raises:
        InputError: If the file is wrong, or a key is missing.
    """
    form = read_endpoint_form(file, f"--target http:{file}")
    forms = (form,) if form.session is None else (form, form.session)
    calls = HttpCalls.of(str(file), forms, server, environment)
    return EndpointTarget(form=form, calls=calls, traffic=traffic)


def _of_trial(trial: Trial) -> dict[str, str]:
    """What names a trial."""
    return {
        "trial": trial.id,
        "case": trial.case.id,
        "context": trial.context.id,
        "sample": str(trial.sample),
    }


def _said(trial: Trial) -> dict[str, object]:
    """What a trial says."""
    deployment = trial.context.deployment
    messages = [
        {"role": message.role, "content": message.content}
        for message in conversation(trial)
    ]
    return {
        "request": trial.user_message,
        "system": "" if deployment is None else deployment.system,
        "messages": messages,
    }


def _words(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
