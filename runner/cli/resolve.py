"""`reel resolve`."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from runner.cli import options as flags
from runner.cli.ending import DONE, HELD

if TYPE_CHECKING:
    from runner.decide import Choice
    from runner.options import RunOptions


_CHOICES = (
    click.option("--adopt", metavar="ID", help="Take this generation of the provider's as the lost one."),
    click.option("--resubmit", is_flag=True, help="Let the next run send it anew, and pay for it anew."),
    click.option("--abandon", is_flag=True, help="Give it up: it counts as spent, and is not run again."),
    click.option("--non-interactive", is_flag=True, help="Ask nothing, and never guess; that is always so."),
)


def _choosing(function: flags.Command) -> flags.Command:
    for flag in reversed(_CHOICES):
        function = flag(function)
    return function


@click.command("resolve")
@flags.recipe
@click.argument("address")
@_choosing
@flags.reading
def command(recipe: Path, address: str, options: RunOptions, **chosen: str | bool | None) -> int:
    """Decide about a job that is held.

    A job is held where it may have been paid for, and nobody can tell. Without a choice, all that is known of
    it is shown, with generations that may be it, and the exit status is 4. Afterwards, `reel run` goes on.
    """
    adopt = chosen["adopt"]
    return _resolve(recipe, address, options, _choice(chosen), str(adopt) if adopt else None)


def _choice(chosen: Mapping[str, str | bool | None]) -> Choice | None:
    choices: tuple[Choice, ...] = ("adopt", "resubmit", "abandon")
    given = [choice for choice in choices if chosen[choice] not in (None, False)]
    if len(given) > 1:
        raise click.UsageError("--adopt, --resubmit and --abandon exclude each other; give one of them")
    return given[0] if given else None


def _resolve(
    recipe: Path, address: str, options: RunOptions, choice: Choice | None, generation_id: str | None
) -> int:
    import anyio

    from runner.decide import DECIDABLE
    from runner.project import open_project
    from runner.resolving import gather_evidence, resolve
    from runner.views.evidence import evidence_text

    with open_project(recipe, options) as project:
        if choice is not None:
            click.echo(anyio.run(resolve, project, address, choice, generation_id).words)
            return DONE
        evidence = anyio.run(gather_evidence, project, address)
    if evidence.sent.record.attempt.state not in DECIDABLE:
        click.echo(f"{address}: {evidence.offline}")
        return DONE
    click.echo(evidence_text(evidence, shlex.join(["reel", "resolve", str(recipe), address])))
    return HELD
