"""`reel show`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from runner.cli import options as flags
from runner.cli.ending import DONE
from runner.cli.remarks import remark

if TYPE_CHECKING:
    from runner.options import RunOptions


@click.command("show")
@flags.recipe
@click.argument("address", required=False)
@flags.reading
@click.option("--expanded", is_flag=True, help="Show every instance with its resolved parameters.")
@flags.as_json
def command(recipe: Path, address: str | None, options: RunOptions, expanded: bool, as_json: bool) -> int:
    """Show a recipe as it was understood.

    Its shots, steps and outputs; with `--expanded`, every instance as it would be sent. With an ADDRESS such
    as plate/020, that instance alone; with the name of a step, its instances.
    """
    from runner.reading import choose, read
    from runner.views import recipe_text

    graph = read(recipe, options, probe=False)
    remark(graph.findings, graph.sources)
    chosen = choose(graph, address) if address else graph.told() if expanded else None
    if as_json:
        click.echo(json.dumps(recipe_text.as_json(graph, chosen, alone=bool(address)), indent=2))
    else:
        click.echo(recipe_text.overview(graph) if chosen is None else recipe_text.instances(chosen))
    return DONE
