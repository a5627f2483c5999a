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
    from runner.plan import Plan
    from runner.project import View
    from runner.views.progress import RunProgress


_DECLINED = 3


def make(recipe: Path, options: RunOptions, *, ask: bool, as_json: bool) -> int:
    """Run a recipe and show it. On a terminal, ask first where much would be spent, if `ask`.

    Returns:
        The exit status; 3 where the user does not agree to the price.
    """
    import anyio

    from runner.project import open_project
    from runner.views.closing import closing
    from runner.views.lines import Lines
    from runner.views.progress import RunProgress

    progress = RunProgress()
    with open_project(recipe, options) as project:
        remark(project.findings, project.graph.sources)
        if ask and sys.stdin.isatty() and sys.stderr.isatty() and not _agreed(project.plan()):
            say("nothing was sent")
            return _DECLINED
        with nullcontext(Lines(click.echo)) if as_json else _shown(project.graph.title, progress) as view:
            outcome = anyio.run(project.run, [progress, *([view] if view else [])])
    words = closing(outcome, progress, project.graph)
    for trouble in words.troubles:
        say(trouble)
    for result in () if as_json else words.results:
        click.echo(result)
    return outcome.exit_status


def _agreed(plan: Plan) -> bool:
    """Whether the plan costs so little that nobody need be asked, or somebody was asked and agreed."""
    from runner.configuration import confirm_above
    from runner.consent import ASK_ABOVE, question

    limit = confirm_above()
    prices = [each.price for each in plan.instances.values() if each.verdict in ("run", "wait")]
    words = question(prices, ASK_ABOVE if limit is None else limit)
    return words is None or click.confirm(words, err=True)


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
