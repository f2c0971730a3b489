"""The file that describes a product's own endpoint, version 1."""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import jmespath
import msgspec
import yaml

from demur.errors import InputError, reason

FORMAT = 1
"""Version of the file. A newer one is refused."""

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_SEE = "docs/targets.md shows a whole file."


class Call(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One HTTP call.

    Attributes:
        url: Where to.
        method: Of HTTP.
        headers: Values may hold ``${NAME}``, taken from the environment.
        body: Anything; its texts may hold ``{{NAME}}``.
    """

    url: str
    method: Literal["POST", "GET", "PUT", "PATCH"] = "POST"
    headers: dict[str, str] = {}
    body: Any = None


class Session(Call, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A call that is made first, and what of its reply the main call needs.

    Attributes:
        id: Path of what becomes ``{{session}}``.
        per: Whether it is made for each trial, or once for the run.
    """

    id: str
    per: Literal["trial", "run"] = "trial"


class Reading(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where things are in a reply: JMESPath expressions.

    Attributes:
        text: The answer. ``@`` is the whole reply, also where it is plain text.
        block: Anything that is not empty, false or null means a block.
        layer: Whose block that is.
        error: Anything that is not empty, false or null means that the call failed.
        flagged: Of a guard: whether it stops the text.
        score: Of a guard: a number; from the threshold on it stops the text.
        reason: Of a guard: why.
    """

    text: str | None = None
    finish_reason: str | None = None
    reasoning: str | None = None
    model: str | None = None
    prompt_tokens: str | None = None
    completion_tokens: str | None = None
    block: str | None = None
    layer: Literal["provider filter", "input guard", "output guard", "model"] = (
        "output guard"
    )
    error: str | None = None
    flagged: str | None = None
    score: str | None = None
    reason: str | None = None


class EndpointFile(Call, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An endpoint.

    Attributes:
        format: Version of the file.
        response: Where things are in a reply.
        session: A call that is made first.
        blocked_status: HTTP statuses that mean a block.
        threshold: Of a guard: the lowest score that stops a text.
    """

    format: int
    response: Reading
    session: Session | None = None
    blocked_status: list[int] = []
    threshold: float = 0.5


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was read, and the secrets that were put into it.

    Attributes:
        name: The file's name.
        digest: SHA-256 of the file: 64 hexadecimal digits.
        file: Its content, with secrets in the headers.
        secrets: What must not be shown.
    """

    name: str
    digest: str
    file: EndpointFile
    secrets: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Endpoint({self.name})"


def load_endpoint(path: Path, environment: Mapping[str, str]) -> Endpoint:
    """Read an endpoint's file.

    Raises:
        InputError: If it cannot be read, or something in it is wrong; says what.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        hint = f"Name a YAML file that describes the endpoint. {_SEE}"
        raise InputError(
            str(path), f"cannot read it ({reason(error)})", hint
        ) from error
    file = _decode(path, text)
    _check(path, file)
    secrets: list[str] = []
    calls = {"headers": _filled(path, file.headers, environment, secrets)}
    session = file.session
    if session is not None:
        headers = _filled(path, session.headers, environment, secrets)
        session = msgspec.structs.replace(session, headers=headers)
    return Endpoint(
        name=path.name,
        digest=hashlib.sha256(text.encode()).hexdigest(),
        file=msgspec.structs.replace(file, session=session, **calls),
        secrets=tuple(secrets),
    )


def _decode(path: Path, text: str) -> EndpointFile:
    try:
        return msgspec.convert(yaml.load(text, yaml.CSafeLoader), EndpointFile)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problem = f"is not YAML ({error.problem})"
        raise InputError(f"{path}:{line}", problem, _SEE) from error
    except (yaml.YAMLError, msgspec.ValidationError, RecursionError) as error:
        said = " ".join(str(error).split())
        raise InputError(str(path), f"does not fit ({said})", _SEE) from error


def _check(path: Path, file: EndpointFile) -> None:
    if file.format != FORMAT:
        problem = f"is of format {file.format}, and this demur reads format {FORMAT}"
        raise InputError(str(path), problem, "Write format: 1, or upgrade demur.")
    for call in (file, file.session):
        if call is not None and not call.url.startswith(("http://", "https://")):
            hint = "Write it whole, such as https://shop.example/api/chat"
            raise InputError(f"{path}, field 'url'", "is no web address", hint)
    paths = [(name, getattr(file.response, name)) for name in Reading.__struct_fields__]
    if file.session is not None:
        paths.append(("session.id", file.session.id))
    for name, expression in paths:
        if expression is not None and name != "layer":
            _check_path(path, name, expression)


def _check_path(path: Path, name: str, expression: str) -> None:
    try:
        jmespath.compile(expression)
    except jmespath.exceptions.JMESPathError as error:
        said = str(error).splitlines()[0]
        raise InputError(
            f"{path}, field {name!r}",
            f"{expression!r} is no JMESPath expression ({said})",
            "Such as: choices[0].message.content",
        ) from error


def _filled(
    path: Path,
    headers: Mapping[str, str],
    environment: Mapping[str, str],
    secrets: list[str],
) -> dict[str, str]:
    """The headers with the environment's values, which are noted as secrets."""

    def value(match: re.Match[str]) -> str:
        found = environment.get(match[1])
        if not found:
            problem = f"the environment variable {match[1]} is not set"
            raise InputError(str(path), problem, f"Run: export {match[1]}=…")
        secrets.append(found)
        return found

    return {name: _VARIABLE.sub(value, text) for name, text in headers.items()}
