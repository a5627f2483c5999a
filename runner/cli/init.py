"""`reel init`."""

from __future__ import annotations

import shlex
from pathlib import Path

import rich_click as click

from runner.cli.ending import DONE


@click.command("init")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def command(folder: Path) -> int:
    """Begin a film: a recipe of two shots and a picture that anyone may use.

    DIR is made where it does not exist. Nothing is ever overwritten.
    """
    from runner.starter import begin
    from runner.views.words import printable

    recipe = begin(folder)
    boards = printable(str(folder / "boards"))
    click.echo(f"{printable(str(recipe))} is a film in two shots. See it in a minute:\n")
    click.echo(f"  reel rehearse {printable(shlex.quote(str(recipe)))}\n")
    click.echo(f"Then make it yours: change the prompts, put pictures into {boards}.")
    return DONE
