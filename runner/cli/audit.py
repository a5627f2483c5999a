"""`reel audit`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from runner.cli import options as flags
from runner.cli.ending import DONE, FAILED

if TYPE_CHECKING:
    from runner.options import RunOptions


@click.command("audit")
@flags.recipe
@flags.reading
def command(recipe: Path, options: RunOptions) -> int:
    """Compare what was paid with the provider's own list.

    Every difference is named, and then the exit status is 1. Costs that the provider has told since are
    noted.
    """
    import anyio

    from runner.auditing import audited
    from runner.project import open_project
    from runner.views.audit_text import audit_text

    with open_project(recipe, options) as project:
        found = anyio.run(audited, project)
    click.echo(audit_text(found))
    return FAILED if found.differences else DONE
