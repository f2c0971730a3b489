"""A user's own blocking code in a thread that demur can leave behind."""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import Any


async def in_thread(work: Callable[[], object]) -> object:
    """The work's value, from a thread of its own.

    A pool's threads would be waited for when the process ends, and a few that hang
    would keep all others out. What the work raises is raised here; `SystemExit` and
    the like as a `RuntimeError` that names it.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[object] = loop.create_future()

    def tell(tell_it: Callable[[Any], None], value: object) -> None:
        if not done.done():
            tell_it(value)

    def run() -> None:
        try:
            value = work()
        except BaseException as error:  # noqa: BLE001 # SystemExit would go unheard
            told: tuple[Callable[[Any], None], object] = done.set_exception, _own(error)
        else:
            told = done.set_result, value
        with contextlib.suppress(RuntimeError):  # nobody waits for it any more
            loop.call_soon_threadsafe(tell, *told)

    threading.Thread(target=run, daemon=True).start()
    return await done


def _own(error: BaseException) -> Exception:
    """Such as a future takes: neither StopIteration nor what would end the process."""
    if isinstance(error, Exception) and not isinstance(error, StopIteration):
        return error
    return RuntimeError(f"{type(error).__name__}: {error}")
