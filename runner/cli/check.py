"""`reel check`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import rich_click as click

from runner.cli import options as flags
from runner.cli.ending import DONE, USAGE, colour

if TYPE_CHECKING:
    from runner.options import RunOptions


@click.command("check")
@flags.recipe
@flags.reading
@flags.as_json
@click.option("--format", "form", type=click.Choice(["text", "github"]), default="text", help="How to print.")
def command(recipe: Path, options: RunOptions, as_json: bool, form: Literal["text", "github"]) -> int:
    """Say what is wrong with a recipe, all at once.

    Every finding has a place, a picture of it, and what to do. Nothing is rendered, decoded or sent.
    """
    from runner.reading import examine
    from runner.views import findings

    examined = examine(recipe, options)
    if as_json:
        click.echo(findings.as_json(examined.findings))
    elif form == "github":
        click.echo(findings.as_github(examined.findings), nl=bool(examined.findings))
    else:
        click.echo(findings.report(examined, colour=colour(sys.stdout)))
    return DONE if examined.graph else USAGE
