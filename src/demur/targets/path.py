"""Paths into a reply, in JMESPath."""

from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError

from demur.errors import TargetReplyError


def path_fault(path: str) -> str | None:
    """What is wrong with a path; None if nothing."""
    try:
        jmespath.compile(path)
    except JMESPathError as error:
        return " ".join(str(error).split())[:200]
    return None


def find(path: str | None, body: Any) -> Any:
    """The value at a path; None without a path, and where there is nothing.

    Raises:
        TargetReplyError: If a function in the path meets another kind of value than it
            takes.
    """
    if path is None:
        return None
    try:
        return jmespath.search(path, body)
    except (JMESPathError, RecursionError, TypeError, ValueError):
        # Out of here, because its words would repeat the reply, keys included.
        unfit = TargetReplyError(f"the path {path!r} does not fit the reply")
    raise unfit
