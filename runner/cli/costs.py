"""`reel costs`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from runner.cli import options as flags
from runner.cli.ending import DONE

if TYPE_CHECKING:
    from runner.options import RunOptions


@click.command("costs")
@flags.recipe
@flags.reading
@flags.as_json
def command(recipe: Path, options: RunOptions, as_json: bool) -> int:
    """Say what was paid for a recipe, job by job.

    The estimate beside what the provider says it cost; jobs that failed, or of which nobody knows what became
    of them, are included. `?` is what is not known.
    """
    from runner.costs import cost_json
    from runner.journal import Journal
    from runner.project import open_project
    from runner.views.cost_text import cost_text

    with open_project(recipe, options) as project:
        journal = Journal.read(project.journal)
        sents = journal.attempts.of_recipe(project.history)
        journal.close()
    click.echo(json.dumps(list(map(cost_json, sents)), indent=2) if as_json else cost_text(sents))
    return DONE
