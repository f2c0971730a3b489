"""Rows of a data set of the Hugging Face hub, or in its format on disk."""

from collections.abc import Iterator
from typing import Any

import datasets

from demur.errors import InputError
from demur.rows.row import Row

_DEFAULT_SPLIT = "test"


def read(name: str) -> Iterator[Row]:
    """The rows of one split.

    Args:
        name: ``hf:OWNER/NAME``, with ``:SPLIT`` after it where it is not ``test``;
            or ``hf:`` and a folder's path.

    Raises:
        InputError: If there is no such data set or split, or it cannot be had.
    """
    _, _, rest = name.partition(":")
    found, _, split = rest.partition(":")
    try:
        table: Any = datasets.load_dataset(found, split=split or _DEFAULT_SPLIT)
    except Exception as error:
        # The library documents no common base of what it raises.
        first = (str(error).splitlines() or [type(error).__name__])[0]
        hint = f"Write hf:OWNER/NAME:SPLIT; without a split it is {_DEFAULT_SPLIT!r}."
        raise InputError(name, f"cannot be loaded ({first})", hint) from error
    return (Row(number=n, values=values) for n, values in enumerate(table, start=1))
