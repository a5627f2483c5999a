"""What `run` and `rehearse` share: open the project, show the run, say how it ended."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from runner.cli.ending import colour, say
from runner.cli.remarks import remark

if TYPE_CHECKING:
    from runner.options import RunOptions
    from runner.project import View
    from runner.views.progress import RunProgress


def make(recipe: Path, options: RunOptions, *, as_json: bool) -> int:
    """Run a recipe and show it.

    Returns:
        The exit status.
    """
    import anyio

    from runner.project import open_project
    from runner.views.closing import closing
    from runner.views.lines import Lines
    from runner.views.progress import RunProgress

    progress = RunProgress()
    with open_project(recipe, options) as project:
        remark(project.findings, project.graph.sources)
        with nullcontext(Lines(click.echo)) if as_json else _shown(project.graph.title, progress) as view:
            outcome = anyio.run(project.run, [progress, *([view] if view else [])])
    words = closing(outcome, progress, project.graph)
    for trouble in words.troubles:
        say(trouble)
    for result in () if as_json else words.results:
        click.echo(result)
    return outcome.exit_status


@contextmanager
def _shown(title: str, progress: RunProgress) -> Iterator[View | None]:
    """The live board on a terminal, plain lines elsewhere; both on standard error."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        from runner.views.plain import Plain

        yield Plain(progress, lambda line: click.echo(line, err=True))
        return
    from datetime import UTC, datetime

    from rich.console import Console

    from runner.views.board import Board

    console = Console(stderr=True, no_color=not colour(sys.stderr), highlight=False)
    with Board(title, progress, console, lambda: datetime.now(UTC)):
        yield None
