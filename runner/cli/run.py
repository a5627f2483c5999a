"""`reel run`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from runner.cli import options as flags
from runner.cli.making import make

if TYPE_CHECKING:
    from runner.options import RunOptions


@click.command("run")
@flags.recipe
@flags.making
@flags.as_json
def command(recipe: Path, options: RunOptions, as_json: bool) -> int:
    """Make the film.

    What is there already is not made again. Stop it at any time: the same command goes on from there.
    With `--json`, every event is one line.
    """
    return make(recipe, options, as_json=as_json)
