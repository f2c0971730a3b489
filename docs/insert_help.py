"""Writes each command's help into its page, or says which pages are stale."""  # noqa: INP001 # a script beside the pages, no package

import re
import sys
from pathlib import Path

import click

from demur.cli.main import cli

PAGES = Path(__file__).parent / "commands"

_WIDTH = 88
_DOUBLED = re.compile(r"\[(\[[^\[\]]*\])\]")
"""As click up to 8.3 writes a choice that may be left out."""

_PLACE = re.compile(r"(?<=<!-- help -->\n).*?(?=<!-- /help -->)", re.DOTALL)


def command_names() -> list[str]:
    """Every command of demur, in the order of its help."""
    return cli.list_commands(_root())


def help_of(name: str) -> str:
    """A command's help and that of its own commands, on lines of a fixed width."""
    command = cli.get_command(_root(), name)
    if command is None:
        raise ValueError(f"no command {name!r}")
    return "\n\n".join(_helps(command, name, _root()))


def stale_pages() -> list[str]:
    """What is wrong with the pages, a sentence for each; empty if nothing is."""
    stale = [fault for name in command_names() if (fault := _fault(name))]
    known = {f"{name}.md" for name in command_names()}
    lone = sorted({path.name for path in PAGES.glob("*.md")} - known)
    return stale + [f"{name}: there is no such command" for name in lone]


def write_pages() -> None:
    """Put the current help into every page that has a place for it."""
    for name in command_names():
        page = _page(name)
        if page.is_file():
            page.write_text(_current(name), encoding="utf-8")


def _root() -> click.Context:
    return click.Context(cli, info_name="demur")


def _helps(command: click.Command, name: str, parent: click.Context) -> list[str]:
    # A width of our own: else the help depends on the terminal that this runs in.
    context = click.Context(
        command,
        info_name=name,
        parent=parent,
        terminal_width=_WIDTH,
        max_content_width=_WIDTH,
    )
    helps = [_DOUBLED.sub(r"\1", context.get_help())]
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            found = command.get_command(context, inner)
            helps += _helps(found, inner, context) if found else []
    return helps


def _page(name: str) -> Path:
    return PAGES / f"{name}.md"


def _current(name: str) -> str:
    """The page as it ought to be."""
    text = _page(name).read_text(encoding="utf-8")
    block = f"```text\n{help_of(name)}\n```\n"
    return _PLACE.sub(lambda _: block, text)


def _fault(name: str) -> str | None:
    page = _page(name)
    if not page.is_file():
        return f"{page.name}: missing"
    text = page.read_text(encoding="utf-8")
    if len(_PLACE.findall(text)) != 1:
        return f"{page.name}: needs the lines <!-- help --> and <!-- /help -->, once"
    return None if text == _current(name) else f"{page.name}: the help is not current"


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if stale.")
def main(*, check: bool) -> None:
    """Write each command's help into its page in docs/commands."""
    if not check:
        write_pages()
    faults = stale_pages()
    for fault in faults:
        click.echo(f"docs/commands/{fault}", err=True)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
