"""Ctrl-C that ends a command at once, also where it waits for a file or computes."""

import asyncio
import signal
from collections.abc import Coroutine
from types import FrameType
from typing import Any, TypeVar

Result = TypeVar("Result")


def run_to_end(work: Coroutine[Any, Any, Result]) -> Result:
    """What the work returns; Ctrl-C raises wherever it is.

    asyncio by itself only asks the work to stop at its next await, and none comes
    while standard input is silent or a judge reads one text after the other.
    """
    before = signal.signal(signal.SIGINT, _raise)
    try:
        return asyncio.run(work)
    finally:
        signal.signal(signal.SIGINT, before)


def _raise(_: int, __: FrameType | None) -> None:
    raise KeyboardInterrupt
