"""Options that say how a table of one's own is read as a suite."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

from demur.errors import InputError, UnknownNameError
from demur.records.case import Expectation
from demur.suites.mapping import NAMES, Mapped

Command = TypeVar("Command", bound=Callable[..., Any])

SUITE_HELP = "SUITE is the name of a suite that demur ships, a YAML file or folder"


def column_options(command: Command) -> Command:
    """``--column`` and ``--expect``: what the columns of a table mean."""
    columns = click.option(
        "--column",
        "columns",
        multiple=True,
        metavar="NAME=COLUMN",
        help="Of a table as SUITE: its COLUMN holds the request, expectation, reason, "
        "id, topic, family, trigger, field or source.",
    )
    expect = click.option(
        "--expect",
        "expects",
        multiple=True,
        metavar="[VALUE=]EXPECTATION",
        help="Of a table as SUITE: what every row expects (answer, care or refuse), "
        "or the rows with this VALUE.",
    )
    return columns(expect(command))


def mapped_of(columns: Sequence[str], expects: Sequence[str]) -> Mapped | None:
    """What the options say of a table; None if they say nothing.

    Raises:
        InputError: If one of them cannot be read.
    """
    if not columns and not expects:
        return None
    found = dict(_pair("--column", text) for text in columns)
    for name in found:
        if name not in NAMES:
            raise UnknownNameError.of("--column", "name", name, list(NAMES))
    values: dict[str, Expectation] = {}
    default = None
    for text in expects:
        value, equals, word = text.rpartition("=")
        expectation = _expectation(word)
        if equals:
            values[value.strip().casefold()] = expectation
        else:
            default = expectation
    return Mapped(columns=found, expectations=values, default=default)


def _pair(option: str, text: str) -> tuple[str, str]:
    name, equals, column = text.partition("=")
    if not equals or not column:
        hint = f"Write {option} request=prompt, for example."
        raise InputError(f"{option} {text}", "is not NAME=COLUMN", hint)
    return name.strip(), column


def _expectation(word: str) -> Expectation:
    known = [expectation.value for expectation in Expectation]
    if word not in known:
        raise UnknownNameError.of("--expect", "expectation", word, known)
    return Expectation(word)
