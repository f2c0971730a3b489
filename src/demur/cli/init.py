"""Write a starter suite for one's own deployment."""

from pathlib import Path

import click

from demur.cli.console import out, say
from demur.flows.init import FIELDS, write_starter


@click.command()
@click.argument("folder", default=".", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--field",
    type=click.Choice(FIELDS),
    required=True,
    help="Where your deployment works; its first cases come from this suite.",
)
@click.option(
    "--system",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File with your system prompt. Default: an example to replace.",
)
@click.option(
    "--name",
    default="my-deployment",
    show_default=True,
    help="Of the suite, its file and its deployment: small letters and hyphens.",
)
def command(folder: Path, field: str, system: Path | None, name: str) -> None:
    """Write a commented starter suite for your own deployment into FOLDER.

    It runs as it is: your system prompt, ten cases of the field with what is expected
    in general and under your deployment, and why. Beside it lies a JSON Schema with
    which editors check and complete the file as you write.

    \b
    Examples:
      demur init --field healthcare --system my-prompt.txt
      demur init suites --field security --name bank-chat
    """
    path, schema = write_starter(folder, name, field, system)
    out().print(f"Wrote {path} and {schema}", soft_wrap=True)
    say(f"Next: read and change {path}, then\n  demur check {path}\n  demur run {path}")
