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
@flags.asking
@flags.as_json
def command(recipe: Path, options: RunOptions, yes: bool, non_interactive: bool, as_json: bool) -> int:
    """Make the film.

    What is there already is not made again. Stop it at any time: the same command goes on from there.
    With `--json`, every event is one line.
    """
    return make(recipe, options, ask=not (yes or non_interactive or as_json), as_json=as_json)
