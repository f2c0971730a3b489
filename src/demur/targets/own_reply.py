"""What a user's own function or program says of a trial, read into a transcript."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from demur.errors import TargetRejectedError, TargetReplyError, TargetServerError
from demur.records.transcript import Block, Layer, Side, Transcript
from demur.records.trial import Trial
from demur.targets.deployment import conversation

T = TypeVar("T")

FIELDS = (
    "response",
    "finish_reason",
    "block",
    "reasoning",
    "model",
    "prompt_tokens",
    "completion_tokens",
)
"""What a reply may hold; all but the response may be left out."""


def messages_of(trial: Trial) -> list[dict[str, str]]:
    """The conversation, as it is handed to a function or program."""
    return [{"role": m.role, "content": m.content} for m in conversation(trial)]


def own_transcript(trial: Trial, said: object, seconds: float) -> Transcript:
    """The transcript in a reply: a text, or a mapping of `FIELDS`.

    A block may come without a response.

    Args:
        trial: What was asked.
        said: The reply.
        seconds: How long it took.

    Raises:
        TargetServerError: If the reply reports an ``error`` that is ``transient``.
        TargetRejectedError: If it reports another ``error``.
        TargetReplyError: If it is no reply.
    """
    if isinstance(said, str):
        return Transcript(trial_id=trial.id, response=said, seconds=seconds)
    if not isinstance(said, Mapping):
        raise TargetReplyError(f"the reply is {type(said).__name__}, and no text")
    if said.get("error"):
        is_transient = said.get("transient") is True
        kind = TargetServerError if is_transient else TargetRejectedError
        raise kind(str(said["error"]))
    block = None if said.get("block") is None else _block(said["block"])
    response = _only(str, said, "response")
    if response is None and block is None:
        raise TargetReplyError(f"the reply has no 'response': {_keys(said)}")
    return Transcript(
        trial_id=trial.id,
        response=response or "",
        block=block,
        finish_reason=_only(str, said, "finish_reason"),
        reasoning=_only(str, said, "reasoning"),
        model=_only(str, said, "model"),
        prompt_tokens=_only(int, said, "prompt_tokens"),
        completion_tokens=_only(int, said, "completion_tokens"),
        seconds=seconds,
    )


def _only(kind: type[T], said: Mapping[str, Any], name: str) -> T | None:
    """A field, if it is there.

    Raises:
        TargetReplyError: If it is of another kind.
    """
    value = said.get(name)
    if value is None:
        return None
    if not isinstance(value, kind) or isinstance(value, bool):
        found, wanted = type(value).__name__, kind.__name__
        raise TargetReplyError(f"the reply's {name!r} is {found}, not {wanted}")
    return value


def _block(said: object) -> Block:
    """A block: a mapping of layer, code, detail and side; or a code alone."""
    if isinstance(said, str):
        return Block(layer=Layer.OUTPUT_GUARD, code=said)
    if not isinstance(said, Mapping):
        raise TargetReplyError("the reply's 'block' is neither a mapping nor a text")
    try:
        return Block(
            layer=Layer(said.get("layer", Layer.OUTPUT_GUARD)),
            code=_only(str, said, "code") or "block",
            detail=_only(str, said, "detail") or "",
            side=None if said.get("side") is None else Side(said["side"]),
        )
    except ValueError as error:
        known: Sequence[str] = [layer.value for layer in Layer]
        raise TargetReplyError(
            f"the reply's 'block': {error}; layers are {', '.join(known)}"
        ) from error


def _keys(said: Mapping[str, Any]) -> str:
    return f"it has {', '.join(map(repr, list(said)[:8])) or 'nothing'}"
