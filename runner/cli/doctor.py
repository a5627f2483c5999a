"""`reel doctor`."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import rich_click as click

from runner.cli import options as flags
from runner.cli.ending import DONE, FAILED, colour


@click.command("doctor")
@click.argument("recipe", required=False, type=click.Path(path_type=Path))
@flags.as_json
def command(recipe: Path | None, as_json: bool) -> int:
    """Look at this machine: ffmpeg, fonts, disk, providers.

    With a RECIPE, at the state folder beside it too. Ends with status 1 if something is missing that every
    film needs.
    """
    from runner.doctor import examine
    from runner.state import state_folder
    from runner.views.health import health

    findings = examine(state_folder((recipe or Path("recipe.toml")).absolute()))
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], indent=2))
    else:
        click.echo(health(findings, colour=colour(sys.stdout)))
    return FAILED if any(finding.state == "fail" for finding in findings) else DONE
