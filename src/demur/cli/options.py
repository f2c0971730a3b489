"""Options that several commands share, and what they open."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import click

from demur.cli.settings import Settings
from demur.stores.base import Store, StorePlace

Command = TypeVar("Command", bound=Callable[..., Any])


def store_option(command: Command) -> Command:
    """``--store``: the file or the database that runs are kept in."""
    return click.option(
        "--store",
        "store_address",
        metavar="FILE|URL",
        envvar="DEMUR_STORE",
        show_envvar=True,
        default="demur.sqlite",
        show_default=True,
        help="File that runs are kept in, or postgresql://USER:PASSWORD@HOST/DATABASE.",
    )(command)


def html_option(command: Command) -> Command:
    """``--html``: write a page."""
    return click.option(
        "--html",
        "html_path",
        metavar="FILE",
        help="Also write the report as one HTML file.",
    )(command)


def json_option(command: Command) -> Command:
    """``--json``: write for other programs."""
    return click.option(
        "--json",
        "json_path",
        metavar="FILE",
        help="Also write measures and trials as JSON; - writes only that, to "
        "standard output.",
    )(command)


@contextmanager
def opened_store(place: StorePlace, settings: Settings) -> Iterator[Store]:
    """A store that is there already, closed at the end."""
    store = place.open(settings.version, is_new_allowed=False)
    try:
        yield store
    finally:
        store.close()
