"""The table of commands, each loaded when used; every error → message and exit code."""

import importlib
import os
import sys
import traceback
from typing import Any

import click

from demur.errors import DemurError, InputError

_COMMANDS = {
    "run": "Ask a suite of a target, judge the answers and show the rates.",
    "init": "Write a starter suite for your own deployment.",
    "check": "Check a suite before anything is asked.",
    "judge": "Judge a file of transcripts, or a stored run again.",
    "judge-check": "Measure judges against people's labels.",
    "plan": "Say how many families of requests it takes to show something.",
    "report": "Show a run: on the terminal, as HTML or as JSON.",
    "compare": "Show what changed between two runs.",
    "gate": "Say whether conditions hold of a run: pass, fail or undecided.",
    "list": "List suites, targets, judges or runs.",
    "model": "Get the embedded model's file.",
}

FAILED = 1
WRONG_USE = 2
INCOMPLETE = UNDECIDED = 3
BROKEN = 4
INTERRUPTED = 130


class _Commands(click.Group):
    """Commands that are imported only when they are called, so that help is fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"demur.cli.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; click by itself would end with 1 where a reader has gone."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            return _without_reader()

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(cls=_Commands, context_settings={"max_content_width": 88})
@click.version_option(package_name="demur", message="demur %(version)s")
def cli() -> None:
    """Test whether a language-model deployment refuses what it should, and only that.

    \b
    With nothing but a Python environment, on the embedded model:
      demur run

    \b
    On the model you care about, under your own system prompt:
      demur run quickstart --target openai/gpt-5-mini --system prompt.txt

    \b
    Exit codes of all commands:
      0  done                      1  a gate fails
      2  wrong use (an option or a file)
      3  incomplete, or undecided  4  broken (a damaged store, a full disk, a bug)
    """


def main() -> None:
    """Run the command line and exit with its code."""
    try:
        code = cli.main(standalone_mode=False)
    except click.exceptions.Abort as error:  # what click makes of Ctrl-C
        click.echo(str(error.__cause__ or "") or "demur: interrupted.", err=True)
        code = INTERRUPTED
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except BrokenPipeError:
        code = _without_reader()
    except InputError as error:
        _say(error)
        code = WRONG_USE
    except DemurError as error:
        _say(error)
        code = BROKEN
    except Exception:  # noqa: BLE001 # so that 1 is always a gate's answer
        traceback.print_exc()
        code = BROKEN
    sys.exit(code if isinstance(code, int) else 0)


def _without_reader() -> int:
    """Who read our output has closed it, as `head` does. Nothing is wrong."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _say(error: DemurError) -> None:
    # A message may quote a suite file or a server, and these may hold anything.
    from demur.reports.text import printable  # noqa: PLC0415 # keeps help fast

    click.echo(f"demur: {printable(str(error))}", err=True)
