"""`reel graph`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import rich_click as click

from runner.cli import options as flags
from runner.cli.ending import DONE
from runner.cli.remarks import remark

if TYPE_CHECKING:
    from runner.options import RunOptions


@click.command("graph")
@flags.recipe
@flags.reading
@click.option(
    "--format", "form", type=click.Choice(["text", "mermaid", "dot"]), default="text", help="How to draw it."
)
def command(recipe: Path, options: RunOptions, form: Literal["text", "mermaid", "dot"]) -> int:
    """Draw what waits for what.

    As text for the terminal, as Mermaid for a page on GitHub, or as DOT for Graphviz.
    """
    from runner.reading import read
    from runner.views.diagram import FORMATS

    graph = read(recipe, options, probe=False)
    remark(graph.findings, graph.sources)
    unicode = (sys.stdout.encoding or "").lower().startswith("utf")
    click.echo(graph.picture(unicode=unicode) if form == "text" else FORMATS[form](graph))
    return DONE
