"""From a judge's name to the judge: the table's, and those that ask a model."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from demur.clients.base import Client, Sampling
from demur.clients.model_file import Progress
from demur.errors import InputError, UnknownNameError
from demur.flows.judge_cost import JUDGE_TOKENS
from demur.flows.names import FIRST_JUDGE, JUDGES, find_judge
from demur.flows.target_names import find_client
from demur.flows.target_options import TargetOptions
from demur.judges.answer import SCHEMA
from demur.judges.base import AskingJudge, Judge
from demur.judges.cascade import THRESHOLD, CascadeJudge
from demur.judges.panel import PanelJudge
from demur.judges.reply_cache import FileReplies, NoReplies
from demur.judges.rubric import RubricJudge
from demur.judges.usage import JudgeUsage

ASKING_JUDGES = {
    "rubric:MODEL": "asks a model by a rubric; MODEL is named like a target, such as "
    "openai/gpt-5-mini",
    "rubric:MODEL --judge-base-url URL": "the same, of a server that speaks the OpenAI "
    "chat protocol",
    "cascade:JUDGE": f"asks {FIRST_JUDGE} first, and JUDGE where that is not sure "
    "(--judge-threshold)",
    "cascade:FIRST,JUDGE": "the same with another judge first",
    "panel:JUDGE,JUDGE,…": "what most of several judges say",
}
"""Forms of the names of judges that ask models, with what each means."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeOptions:
    """What a judge's name does not say.

    Attributes:
        base_url: Of an OpenAI-compatible server; None where the name says where.
        key_variable: Environment variable with that server's key; None sends none.
        concurrency: Calls under way at once; a server's usual number if None.
        requests_per_minute: Most calls a minute; None: no limit.
        notice: Told when calls are slowed or paused.
        environment: The process's environment variables.
        models: Cache folder for model files.
        on_fetch: Called as a model file comes.
        threshold: How sure a cascade's first judge must be, in [0, 1].
        replies: File that models' replies are kept in; None keeps none.
        usage: Where the calls of all judges that are made with this are counted.
    """

    base_url: str | None = field(default=None, repr=False)
    key_variable: str | None = None
    concurrency: int | None = None
    requests_per_minute: float | None = None
    notice: Callable[[str], None] = field(default=print, repr=False)
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    models: Path
    on_fetch: Progress
    threshold: float = THRESHOLD
    replies: Path | None = None
    usage: JudgeUsage = field(default_factory=JudgeUsage)

    def target_options(self) -> TargetOptions:
        """How the judge's model is asked; new each time, for one event loop."""
        return TargetOptions(
            base_url=self.base_url,
            key_variable=self.key_variable,
            sampling=Sampling(temperature=0.0, max_tokens=JUDGE_TOKENS, schema=SCHEMA),
            concurrency=self.concurrency,
            requests_per_minute=self.requests_per_minute,
            halt=asyncio.Event(),
            notice=lambda text: self.notice(f"Judge: {text}"),
            environment=self.environment,
            models=self.models,
            on_fetch=self.on_fetch,
        )


def make_judge(name: str, options: JudgeOptions) -> Judge:
    """The judge of that name, with all that belongs to it.

    Raises:
        InputError: As `make_member`, or if an address is given that nobody needs.
    """
    judge = make_member(name, options)
    if options.base_url is not None and not isinstance(judge, AskingJudge):
        hint = "It is the address of a judge's model: --judge rubric:MODEL."
        raise InputError("--judge-base-url", f"{name} asks no model", hint)
    return judge


def make_member(name: str, options: JudgeOptions) -> Judge:
    """The judge of that name, which may be a part of another.

    Raises:
        UnknownNameError: If there is none, or its model has no known form.
        MissingKeyError: If its model needs a key that is not in the environment.
        MissingExtraError: If it needs a library that is not installed.
        InputError: If something else about the name or the options is wrong.
    """
    kind, colon, rest = name.partition(":")
    if colon and kind in _MAKERS:
        return _MAKERS[kind](name, rest, options)
    if name not in JUDGES:
        known = [*JUDGES, *ASKING_JUDGES]
        raise UnknownNameError.of("--judge", "judge", name, known)
    return find_judge(name)


def _rubric(name: str, model: str, options: JudgeOptions) -> Judge:
    replies = NoReplies() if options.replies is None else FileReplies(options.replies)

    def make_client() -> Client:
        client = _client(name, model, options)
        if client is None:
            hint = (
                "Write rubric: and a model, such as rubric:openai/gpt-5-mini. A model "
                "of another server needs its address: --judge-base-url URL."
            )
            raise InputError(f"--judge {name}", f"{model!r} is no model", hint)
        return client

    return RubricJudge(model, make_client, replies, options.usage)


def _client(name: str, model: str, options: JudgeOptions) -> Client | None:
    """The model; what is wrong with it is said of the judge and not of a target."""
    try:
        return find_client(model, options.target_options())
    except InputError as error:
        where = error.where.replace(f"--target {model}", f"--judge {name}")
        where = where.replace("--base-url", "--judge-base-url")
        where = where.replace("--api-key-env", "--judge-api-key-env")
        raised = type(error)(where, error.problem, error.hint)
    raise raised


def _cascade(_: str, rest: str, options: JudgeOptions) -> Judge:
    first, comma, better = rest.partition(",")
    if not comma:
        first, better = FIRST_JUDGE, rest
    return CascadeJudge(
        make_member(first, options),
        make_member(better, options),
        options.threshold,
        options.usage,
    )


def _panel(name: str, rest: str, options: JudgeOptions) -> Judge:
    members = [make_member(each, options) for each in rest.split(",")]
    if len({member.name for member in members}) < max(2, len(members)):
        hint = "Write panel:phrase,rubric:openai/gpt-5-mini, for example."
        raise InputError(f"--judge {name}", "needs two or more different judges", hint)
    return PanelJudge(members)


_MAKERS: dict[str, Callable[[str, str, JudgeOptions], Judge]] = {
    "rubric": _rubric,
    "cascade": _cascade,
    "panel": _panel,
}
"""Judges that ask models, by what stands before the colon."""
