"""Options that say how a file of transcripts is read."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

from demur.errors import InputError, UnknownNameError
from demur.transcripts.columns import KNOWN, Columns

Command = TypeVar("Command", bound=Callable[..., Any])


def transcript_columns(*names: str) -> Callable[[Command], Command]:
    """``--column``: which column of a table is what, of these."""
    return click.option(
        "--column",
        "columns",
        multiple=True,
        metavar="NAME=COLUMN",
        help=f"Of a table: its COLUMN holds the {', '.join(names[:-1])} or "
        f"{names[-1]}. Said for each; without it, usual names are found.",
    )


def columns_of(texts: Sequence[str]) -> Columns:
    """What the options say of a table's columns.

    Raises:
        InputError: If one of them cannot be read.
    """
    said: dict[str, str] = {}
    for text in texts:
        name, equals, column = text.partition("=")
        if not equals or not column:
            hint = "Write --column request=prompt, for example."
            raise InputError(f"--column {text}", "is not NAME=COLUMN", hint)
        if name.strip() not in KNOWN:
            raise UnknownNameError.of("--column", "name", name.strip(), list(KNOWN))
        said[name.strip()] = column
    return Columns(said=said)
