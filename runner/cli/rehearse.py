"""`reel rehearse`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from runner.cli import options as flags
from runner.cli.making import make

if TYPE_CHECKING:
    from runner.options import RunOptions


@click.command("rehearse")
@flags.recipe
@flags.rehearsing
@flags.asking
@flags.as_json
def command(recipe: Path, options: RunOptions, yes: bool, non_interactive: bool, as_json: bool) -> int:
    """Make an animatic of the film, here and for nothing.

    The same as `reel run --provider animatic`: the real lengths, cuts and sound of the film, with previews in
    place of what a model would render. It is delivered to out/rehearsal/ and never mixes with real takes.
    """
    return make(recipe, options, ask=not (yes or non_interactive or as_json), as_json=as_json)
