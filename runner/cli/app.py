"""The group of commands. Each is a file of its own, imported when asked for, so that `reel` starts fast."""

from __future__ import annotations

import shlex
from importlib import import_module

import rich_click as click
from click.exceptions import NoSuchCommand

COMMANDS = (
    *("init", "check", "plan", "rehearse", "run", "status", "resolve", "cancel", "costs", "audit"),
    *("show", "graph", "schema", "models", "doctor", "simulate"),
)


class Reel(click.RichGroup):
    """Finds a command by importing `runner.cli.NAME`, which holds it as `command`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order a film-maker meets them."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, or None."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        found: click.Command = import_module(f"runner.cli.{cmd_name}").command
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Split the command from its arguments; a recipe in the command's place gets a word of advice."""
        if args[0].endswith(".toml"):
            ctx.fail(f"say first what to do with the recipe: reel plan {shlex.quote(args[0])}")
        if args[0] not in COMMANDS:
            raise NoSuchCommand(args[0], possibilities=COMMANDS, ctx=ctx)
        return super().resolve_command(ctx, args)


def _version(context: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"reelmake {version('reelmake')}")
        context.exit()


@click.group(cls=Reel, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Print the version."
)
def reel() -> None:
    """From one TOML recipe to a film.

    A recipe says what film is wanted. `reel rehearse` renders it here, for nothing; `reel plan` says what a
    real run would do and cost; `reel run` makes the film, and never does the same work twice.
    """
