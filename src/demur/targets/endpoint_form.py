"""The fields of a file that describes an endpoint, or a guard behind one."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec

from demur.records.transcript import Layer
from demur.targets.form_file import FormFile, read_form_file
from demur.targets.path import path_fault
from demur.targets.score import DEFAULT_THRESHOLD
from demur.targets.template import embedded, places, variables

WHOLE = "whole"
"""In place of a path to the text: the reply is the text, and not JSON."""

_OF_TRIAL = {"trial", "case", "context", "sample"}
_SAID = {"request", "system"}
_METHODS = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


class CallForm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One HTTP call; strings may hold places to be filled."""

    url: str
    method: _METHODS = "POST"
    headers: dict[str, str] = {}
    body: Any = None


class BlockForm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a reply says that the answer was withheld, and by which layer."""

    when: str
    layer: Layer = Layer.OUTPUT_GUARD
    code: str | None = None


class AnswerForm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Paths into a product's reply."""

    text: str
    block: str | BlockForm | None = None
    error: str | None = None
    finish_reason: str | None = None
    reasoning: str | None = None
    model: str | None = None
    prompt_tokens: str | None = None
    completion_tokens: str | None = None

    @property
    def block_form(self) -> BlockForm | None:
        """The block's fields, also where only its path was given."""
        if isinstance(self.block, str):
            return BlockForm(when=self.block)
        return self.block


class SessionForm(CallForm, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A call that opens a session, and the path to the session's id in its reply."""

    id: str
    per: Literal["trial", "run"] = "trial"


class EndpointForm(CallForm, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A product's own endpoint."""

    format: Literal[1]
    response: AnswerForm
    blocked_status: list[int] | dict[int, Layer] = []
    session: SessionForm | None = None

    @property
    def blocked_by(self) -> dict[int, Layer]:
        """The layer that each blocking status stands for."""
        if isinstance(self.blocked_status, dict):
            return self.blocked_status
        return dict.fromkeys(self.blocked_status, Layer.OUTPUT_GUARD)


class ScoreForm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Paths into a scorer's reply."""

    flagged: str | None = None
    score: str | None = None
    reason: str | None = None


class GuardForm(CallForm, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A scorer behind an endpoint."""

    format: Literal[1]
    response: ScoreForm
    threshold: float = DEFAULT_THRESHOLD


def read_endpoint_form(file: Path, option: str) -> EndpointForm:
    """The endpoint that a file describes, checked.

    Raises:
        InputError: At the first fault.
    """
    source = read_form_file(file, option)
    form = source.form(EndpointForm)
    session = set() if form.session is None else {"session"}
    _check_call(source, form, "", _OF_TRIAL | session, _SAID | {"messages"})
    _check_paths(source, "response", form.response)
    _check_whole(source, form.response)
    if not {"request", "messages"} & places([form.url, form.body]):
        raise source.fault("body", "the request is sent nowhere", _REQUEST_HINT)
    if form.session is not None:
        own = _OF_TRIAL if form.session.per == "trial" else set()
        _check_call(source, form.session, "session.", own, set())
        _check_paths(source, "session", form.session, ("id",))
        if "session" not in places([form.url, list(form.headers.values()), form.body]):
            hint = 'Put "{{session}}" into url, headers or body, or take session out.'
            raise source.fault("session", "its id is sent nowhere", hint)
    return form


def read_guard_form(file: Path, option: str) -> GuardForm:
    """The scorer that a file describes, checked.

    Raises:
        InputError: At the first fault.
    """
    source = read_form_file(file, option)
    form = source.form(GuardForm)
    _check_call(source, form, "", set(), {"text", "request"})
    _check_paths(source, "response", form.response)
    if "text" not in places([form.url, form.body]):
        hint = 'Put "{{text}}" where the text to check belongs.'
        raise source.fault("body", "the text is sent nowhere", hint)
    if form.response.flagged is None and form.response.score is None:
        hint = "Add 'flagged:' or 'score:' with the path to it."
        raise source.fault("response", "names neither flagged nor score", hint)
    return form


def names_of_variables(form: CallForm) -> set[str]:
    """The environment variables that a call's values name."""
    return variables([form.url, form.headers, form.body])


_REQUEST_HINT = 'Put "{{request}}" or "{{messages}}" where the user\'s words belong.'


def _check_call(
    source: FormFile, form: CallForm, at: str, plain: set[str], said: set[str]
) -> None:
    """Faults of a call; ``plain`` places may stand in headers too."""
    _check_url(source, form.url, f"{at}url")
    _check_places(source, f"{at}url", form.url, (plain | said) - {"messages"})
    for name, value in form.headers.items():
        _check_places(source, f"{at}headers.{name}", value, plain)
        if not name.isascii() or not name.replace("-", "").replace("_", "").isalnum():
            hint = "Write letters, digits and hyphens."
            raise source.fault(f"{at}headers", f"{name!r} is no header's name", hint)
    _check_places(source, f"{at}body", form.body, plain | said)
    try:
        json.dumps(form.body)
    except (TypeError, ValueError) as error:
        hint = "Quote dates, and keep to texts, numbers, lists and mappings."
        problem = f"cannot be sent as JSON ({error})"
        raise source.fault(f"{at}body", problem, hint) from error


def _check_url(source: FormFile, url: str, at: str) -> None:
    try:
        parts = urlsplit(url)
        is_url = parts.scheme in {"http", "https"} and bool(parts.netloc)
    except ValueError:
        is_url, parts = False, urlsplit("")
    if not is_url and not url.startswith("${"):
        hint = "Write it with its scheme, such as https://chat.example.com/reply"
        raise source.fault(at, "is no web address", hint)
    if "@" in parts.netloc:
        raise source.fault(at, "holds a user and password", LOGIN_HINT)
    if "{{" in parts.netloc:
        hint = "Write the host's name, or take it from the environment: ${NAME}."
        raise source.fault(at, "the host would depend on what is asked", hint)


LOGIN_HINT = 'Send them as a header: Authorization: "Basic ${LOGIN}", in base64.'


def _check_places(source: FormFile, at: str, value: object, known: set[str]) -> None:
    for name in sorted(places(value) - known):
        listing = ", ".join(f"{{{{{each}}}}}" for each in sorted(known))
        problem = f"unknown place {{{{{name}}}}}"
        raise source.fault(at, problem, f"Known here: {listing or 'none'}.")
    if "messages" in embedded(value):
        hint = 'Let it be all there is: messages: "{{messages}}".'
        raise source.fault(at, "{{messages}} is a list, and stands in a text", hint)


def _check_paths(
    source: FormFile, at: str, form: msgspec.Struct, names: tuple[str, ...] = ()
) -> None:
    for name, path in _paths(form, names or form.__struct_fields__):
        fault = path_fault(path)
        if fault is not None:
            hint = "Paths are written in JMESPath: choices[0].message.content"
            raise source.fault(f"{at}.{name}", f"is no path: {fault}", hint)


def _paths(form: msgspec.Struct, names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for name in names:
        value = getattr(form, name)
        if isinstance(value, BlockForm):
            for inner, path in _paths(value, ("when", "code")):
                yield f"{name}.{inner}", path
        elif value is not None:
            yield name, value


def _check_whole(source: FormFile, form: AnswerForm) -> None:
    """A reply that is text alone has no other fields to find."""
    if form.text != WHOLE:
        return
    for name in form.__struct_fields__[1:]:
        if getattr(form, name) is not None:
            hint = "Give the text a path, or take this out."
            problem = "a reply that is text as a whole has no fields"
            raise source.fault(f"response.{name}", problem, hint)
