"""`reel status`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from runner.cli import options as flags
from runner.cli.ending import DONE

if TYPE_CHECKING:
    from runner.options import RunOptions


@click.command("status")
@flags.recipe
@flags.reading
@flags.as_json
def command(recipe: Path, options: RunOptions, as_json: bool) -> int:
    """Say where every instance stands.

    Jobs that were held because the provider's list did not show them are looked for once more.
    """
    import anyio

    from runner.project import open_project
    from runner.standing import look_again, status_json, statuses
    from runner.views.table import table

    with open_project(recipe, options) as project:
        anyio.run(look_again, project)
        found = statuses(project)
    if as_json:
        click.echo(json.dumps(list(map(status_json, found)), indent=2))
    else:
        rows = [(one.state, one.address, one.generation_id or "-", one.reason) for one in found]
        click.echo("\n".join(table(rows)))
    return DONE
