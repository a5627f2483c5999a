"""`reel plan`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from runner.cli import options as flags
from runner.cli.ending import DONE, colour
from runner.cli.remarks import remark

if TYPE_CHECKING:
    from runner.options import RunOptions


@click.command("plan")
@flags.recipe
@flags.planning
@flags.as_json
def command(recipe: Path, options: RunOptions, as_json: bool) -> int:
    """Say what a run would do, why, and for how much.

    One line an instance: verdict, model, length, price and reason. Nothing is made, sent or changed; where
    there is a key, the provider is asked for the models' prices.
    """
    from runner.plan import plan_json
    from runner.price_source import price_source
    from runner.project import open_project
    from runner.views.plan_text import plan_text

    with open_project(recipe, options) as project:
        remark(project.findings, project.graph.sources)
        plan = project.plan()
    if as_json:
        click.echo(json.dumps(plan_json(plan), indent=2))
    else:
        click.echo(plan_text(plan, project.graph, price_source(plan), colour=colour(sys.stdout)))
    return DONE
