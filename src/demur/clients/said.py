"""What a server said, read with care: JSON, errors, waits, and quotes of it."""

import json
import time
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

T = TypeVar("T")

QUOTED = 200
"""Characters of a server's words that a message repeats."""


def parse_json(content: bytes) -> Any:
    """The value of a body.

    Raises:
        ValueError: If it is not JSON, or nested too deep to be read.
    """
    try:
        return json.loads(content)
    except RecursionError as error:
        raise ValueError("nested too deep") from error


def only(kind: type[T], value: object) -> T | None:
    """The value if it is of its kind: servers write odd things beside the answer."""
    return value if isinstance(value, kind) and not isinstance(value, bool) else None


def text_of(content: object) -> str:
    """A message's text: a string, nothing, or a list of parts.

    Raises:
        TypeError: If it is something else.
    """
    if isinstance(content, list):
        return "".join(part.get("text") or "" for part in content)
    if content is None or isinstance(content, str):
        return content or ""
    raise TypeError(f"content is {type(content).__name__}")


def error_words(content: bytes) -> str:
    """The error's own words, or else the whole body."""
    try:
        error = parse_json(content)["error"]
        return str(error if isinstance(error, str) else error.get("message") or error)
    except (AttributeError, KeyError, TypeError, ValueError):
        return content.decode(errors="replace")


def quote(text: str) -> str:
    """The start of what was said, on one line."""
    line = " ".join(text[: 8 * QUOTED].split())
    return line[:QUOTED] + ("…" if len(line) > QUOTED else "") or "(empty)"


def retry_after_seconds(headers: Mapping[str, str]) -> float | None:
    """How long the server asks us to wait; None where it does not say.

    Read are milliseconds (``retry-after-ms``), seconds, and a date, which is compared
    with the server's own clock where it tells the time.
    """
    value = headers.get("Retry-After-Ms", "").strip()
    if _is_number(value):
        return float(value) / 1000
    value = headers.get("Retry-After", "").strip()
    if _is_number(value):
        return float(value)
    until = _moment(value)
    if until is None:
        return None
    return max(0.0, until - (_moment(headers.get("Date", "")) or time.time()))


def _is_number(value: str) -> bool:
    return value.isascii() and value.replace(".", "", 1).isdecimal()


def _moment(value: str) -> float | None:
    try:
        found = parsedate_to_datetime(value)
        # A date of HTTP that names no zone is in UTC, wherever we are.
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError, OSError):
        return None
