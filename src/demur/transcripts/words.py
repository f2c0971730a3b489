"""What other programs' files say, read with care: texts, turns, reasons for an end."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from demur.records.case import Turn
from demur.records.transcript import Block, Layer

_FILTERS = frozenset(
    {
        "content_filter",
        "SAFETY",
        "RECITATION",
        "BLOCKLIST",
        "PROHIBITED_CONTENT",
        "SPII",
        "refusal",
    }
)
"""The protocols' words for an answer that a filter withheld."""


def block_of(finish_reason: str | None) -> Block | None:
    """The block that a reason for the end means; None if it means none."""
    if finish_reason not in _FILTERS:
        return None
    code = f"finish_reason={finish_reason}"
    return Block(layer=Layer.PROVIDER_FILTER, code=code)


def text_of(content: object) -> str:
    """A text, or the texts of a list of parts; a number as it is written.

    Raises:
        ValueError: If it is something else; says what.
    """
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "".join(_part(part) for part in content)
    if isinstance(content, int | float) and not isinstance(content, bool):
        return str(content)
    raise ValueError(f"is no text but {_kind(content)}")


def _kind(content: object) -> str:
    names = {dict: "an object", bool: "true or false", type(None): "null"}
    return names.get(type(content), type(content).__name__)


def _part(part: object) -> str:
    """A part's text; pictures and thinking have none that was said."""
    if isinstance(part, str):
        return part
    text = part.get("text") if isinstance(part, dict) else None
    return text if isinstance(text, str) else ""


def conversation(
    messages: Sequence[Any],
) -> tuple[str, tuple[Turn, ...], str | None]:
    """The last request, the turns before it, and the system prompt.

    Messages of tools are passed over, and so are an assistant's without words. What
    the user says in several messages in a row is one turn.

    Args:
        messages: With ``role`` and ``content``, up to what is judged.

    Raises:
        ValueError: If they are no messages.
    """
    said: list[Turn] = []
    system: list[str] = []
    for message in messages:
        role, text = read_message(message)
        if role in {"system", "developer"}:
            system.append(text)
        elif role == "user":
            _add(said, "user", text)
        elif role == "assistant" and text:
            _add(said, "assistant", text)
    request = said.pop().content if said and said[-1].role == "user" else ""
    return request, tuple(said), "\n\n".join(system) or None


def _add(said: list[Turn], role: Literal["user", "assistant"], text: str) -> None:
    if said and said[-1].role == role:
        text = f"{said.pop().content}\n\n{text}"
    said.append(Turn(role=role, content=text))


def read_message(message: object) -> tuple[str, str]:
    """Role and text of a message.

    Raises:
        ValueError: If it is no message.
    """
    said = message if isinstance(message, Mapping) else {}
    role, content = string_or_none(said.get("role")), said.get("content")
    if role is None:
        raise ValueError("has a message without a role")
    return role, "" if content is None else text_of(content)


def string_or_none(value: object) -> str | None:
    """A text that says something; None for anything else."""
    return value if isinstance(value, str) and value.strip() else None


def id_of(value: object, number: int) -> str | int:
    """An id as the file has it, or the number where it has none."""
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return value if is_number or string_or_none(value) else number  # type: ignore[return-value] # both are an id
