"""`reel cancel`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from runner.cli import options as flags
from runner.cli.ending import DONE, STALLED

if TYPE_CHECKING:
    from runner.options import RunOptions


@click.command("cancel")
@flags.recipe
@click.argument("address", required=False)
@flags.reading
def command(recipe: Path, address: str | None, options: RunOptions) -> int:
    """Cancel jobs that go on at the provider.

    All that were accepted for the recipe, or that of one ADDRESS. What is made in spite of it is paid for,
    and the next run fetches it. The exit status is 5 where it is not certain yet that a job has ended.
    """
    import anyio

    from runner.cancelling import cancel
    from runner.project import open_project

    with open_project(recipe, options) as project:
        done = anyio.run(cancel, project, address)
    for one in done:
        click.echo(one.words)
    if not done:
        click.echo("nothing goes on at the provider")
    return DONE if all(one.ended for one in done) else STALLED
