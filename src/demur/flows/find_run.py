"""From what a user calls a run to the run."""

import re
from collections.abc import Sequence

from demur.errors import UnknownNameError
from demur.records.run import RunHeader
from demur.stores.base import Store

_LAST = re.compile(r"last(?:~(\d{1,6}))?\Z")


def find_run(store: Store, name: str, where: str) -> RunHeader:
    """The run that a name means.

    Args:
        store: Where to look.
        name: A run's id or an unmistakable start of it; ``last``, or ``last~1`` for
            the one before; or a target's name, which means its latest run.
        where: What to call the store in a message.

    Raises:
        UnknownNameError: If no run, or more than one, has the name.
    """
    runs = store.runs()
    found = _found(runs, name)
    if found is not None:
        return found
    more = "Run `demur list runs` for all of them, or `demur run` for a first one."
    known = [header.id for header in runs[-8:]]
    raise UnknownNameError.of(where, "run", name, known, more)


def _found(runs: Sequence[RunHeader], name: str) -> RunHeader | None:
    last = _LAST.match(name)
    if last is not None:
        back = int(last.group(1) or 0)
        return runs[-1 - back] if back < len(runs) else None
    of_target = [header for header in runs if header.target == name]
    if of_target:
        return of_target[-1]
    by_id = [header for header in runs if header.id.startswith(name)]
    exact = [header for header in by_id if header.id == name]
    only = exact or by_id
    return only[0] if len(only) == 1 and name else None
