"""What a failure within any-llm-sdk means for a trial, or for the whole run."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from any_llm import exceptions as theirs

from demur.clients.http import Answer, failure_of
from demur.clients.openai_errors import read_openai_block
from demur.clients.said import parse_json, quote, retry_after_seconds
from demur.clients.server import Server
from demur.errors import (
    DemurError,
    MissingKeyError,
    TargetConnectionError,
    TargetDeniedError,
    TargetError,
    TargetRateLimitError,
    TargetRejectedError,
    TargetReplyError,
    TargetServerError,
    TargetTimeoutError,
    UnknownNameError,
)
from demur.records.transcript import Block

FAILURES: Mapping[type[theirs.AnyLLMError], type[DemurError]] = {
    theirs.AnyLLMError: TargetRejectedError,
    theirs.RateLimitError: TargetRateLimitError,
    theirs.AuthenticationError: TargetDeniedError,
    theirs.InsufficientFundsError: TargetDeniedError,
    theirs.ModelNotFoundError: TargetDeniedError,
    theirs.UnsupportedParameterError: TargetDeniedError,
    theirs.MissingApiKeyError: MissingKeyError,
    theirs.UnsupportedProviderError: UnknownNameError,
    theirs.InvalidRequestError: TargetRejectedError,
    theirs.ContextLengthExceededError: TargetRejectedError,
    theirs.ProviderFileNotFoundError: TargetRejectedError,
    # Not a block: the library finds this one in the words of a message.
    theirs.ContentFilterError: TargetRejectedError,
    # The next three belong to calls that we never make.
    theirs.ContentFilterFinishReasonError: TargetRejectedError,
    theirs.LengthFinishReasonError: TargetReplyError,
    theirs.BatchNotCompleteError: TargetReplyError,
    theirs.ProviderError: TargetServerError,
    theirs.UpstreamProviderError: TargetServerError,
    theirs.GatewayTimeoutError: TargetServerError,
}
"""Every exception of the library's, for failures that came without an HTTP status."""

_OF_PYTHON = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What a library trips over that does not understand a reply."""


def block_of(error: Exception, hide: Callable[[str], str]) -> Block | None:
    """The filter that an error reports in its fields; None where it reports none.

    Args:
        error: As the library raised it.
        hide: Takes keys out of a text.
    """
    answer = _answer_of(error, hide) if isinstance(error, theirs.AnyLLMError) else None
    if answer is None:
        return None
    try:
        return read_openai_block(answer.status, parse_json(answer.content))
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        return None


def failure_from(
    error: Exception, server: Server, model: str, hide: Callable[[str], str]
) -> DemurError:
    """The exception of ours that one of the library's means.

    The HTTP status decides where there is one; else the kind of exception.

    Args:
        error: As the library raised it.
        server: For messages: what to call the provider, and its key's variable.
        model: The model's name, for messages.
        hide: Takes keys out of a text.
    """
    if isinstance(error, NotImplementedError):
        return _denied(f"the provider cannot do this: {hide(str(error))}", server)
    if not isinstance(error, theirs.AnyLLMError):
        return TargetReplyError(_odd(error, hide))
    answer = _answer_of(error, hide)
    if answer is not None and answer.status >= 300:
        return failure_of(answer, server, model)
    return _without_status(error, server, hide)


def _without_status(
    error: theirs.AnyLLMError, server: Server, hide: Callable[[str], str]
) -> DemurError:
    """By the kind of exception alone; a newer kind counts as its parent."""
    kinds = type(error).__mro__
    meant = next(FAILURES[kind] for kind in kinds if kind in FAILURES)
    said = quote(hide(error.message))
    if meant is MissingKeyError and isinstance(error, theirs.MissingApiKeyError):
        return MissingKeyError.of(server.address, error.env_var_name)
    if not issubclass(meant, TargetError):
        return _denied(said, server)
    if meant is TargetServerError:
        meant = _cause(error.original_exception)
    if meant is TargetReplyError:
        said = _odd(error.original_exception or error, hide)
    wait = {"Retry-After": str(getattr(error, "retry_after", None) or "")}
    return meant(said, retry_after_seconds(wait))


def _odd(error: Exception, hide: Callable[[str], str]) -> str:
    said = quote(hide(f"{type(error).__name__}: {error}"))
    return f"the provider's reply could not be read: {said}"


def _cause(original: Exception | None) -> type[TargetError]:
    """Which failure it is that the library only calls the provider's."""
    name = type(original).__name__.lower()
    if isinstance(original, TimeoutError) or "timeout" in name:
        return TargetTimeoutError
    if isinstance(original, OSError) or "connect" in name:
        return TargetConnectionError
    if isinstance(original, _OF_PYTHON):
        return TargetReplyError
    return TargetServerError


def _denied(said: str, server: Server) -> TargetDeniedError:
    hint = f"Check the provider, the model's name, the options and {server.key_name}."
    return TargetDeniedError(server.address, quote(said).rstrip(".!? "), hint)


def _answer_of(error: theirs.AnyLLMError, hide: Callable[[str], str]) -> Answer | None:
    """The HTTP answer behind an error, without keys; None where there was none."""
    response = getattr(error.original_exception, "response", None)
    status: Any = getattr(response, "status_code", None)
    content: Any = getattr(response, "content", None)
    if isinstance(status, int) and isinstance(content, bytes):
        text = hide(content.decode(errors="replace"))
        headers = dict(getattr(response, "headers", None) or {})
        return Answer(status=status, headers=headers, content=text.encode())
    if error.status_code is None:
        return None
    wait = getattr(error, "retry_after", None)
    body = {"error": {"message": hide(error.message), "code": error.code}}
    return Answer(
        status=error.status_code,
        headers={"Retry-After": str(wait)} if wait else {},
        content=json.dumps(body).encode("ascii"),
    )
