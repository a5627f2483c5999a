"""`reel simulate`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

from runner.cli.ending import DONE

if TYPE_CHECKING:
    from runner.simulator.faults import Fault


def _scripted(
    _context: click.Context, _parameter: click.Parameter, texts: tuple[str, ...]
) -> tuple[Fault, ...]:
    from runner.simulator.faults import Fault

    try:
        return tuple(Fault.parse(text) for text in texts)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


def _say(line: str) -> None:
    from runner.views.words import printable

    click.echo(printable(line))


def _list(context: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        from runner.simulator.faults import FAULTS, SCOPES

        for scope, words in SCOPES.items():
            click.echo(f"each {words.partition(' ')[2]}:")
            for name, about in FAULTS.items():
                if about.scope == scope:
                    arg = f" [{about.arg}]" if about.arg else ""
                    click.echo(f"  {name:<22} {about.does}{arg}")
        context.exit()


@click.command("simulate")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8787, show_default=True, help="0 for any free one."
)
@click.option(
    "--job-seconds",
    type=click.FloatRange(min=0.5),
    default=2.0,
    show_default=True,
    help="How long a job takes at least.",
)
@click.option(
    "--url-seconds",
    type=click.FloatRange(min=0),
    default=3600.0,
    show_default=True,
    help="Until URLs expire.",
)
@click.option(
    "--render",
    type=click.Choice(["animatic", "fast"]),
    default="animatic",
    show_default=True,
    help="Draw each clip, or serve a tiny ready one.",
)
@click.option(
    "--proxy",
    "short_side",
    type=click.IntRange(16, 2160),
    default=360,
    show_default=True,
    help="Pixels of the short side of what is drawn.",
)
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="NAME[:N[:ARG]]",
    callback=_scripted,
    help="Let the Nth matching request go wrong: N is 2, 2-4, 3- or *. Can be given several times.",
)
@click.option(
    "--list-faults", is_flag=True, is_eager=True, expose_value=False, callback=_list, help="Show every fault."
)
@click.option(
    "--ledger",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Append everything accepted to this file.",
)
@click.option("--drift", is_flag=True, help="Serve later schemas than the bundled ones.")
@click.option(
    "--schema-key",
    type=click.Choice(["request_schema", "json_request_schema"]),
    default="request_schema",
    show_default=True,
    help="The name of a model's schema.",
)
@click.option(
    "--results",
    type=click.Choice(["presigned", "bearer"]),
    default="presigned",
    show_default=True,
    help="Whether result URLs are signed, or need the key.",
)
def command(**given: Any) -> int:
    """Be an Oxen for trying things out: no key, no cost, nothing leaves this machine.

    Clips are drawn as in a rehearsal. In another terminal, with any key:
    `OXEN_BASE_URL=http://127.0.0.1:8787/api OXEN_API_KEY=x reel run RECIPE`
    """
    from runner.errors import UsageError
    from runner.simulator.options import Options

    try:
        from runner.simulator.server import serve
    except ModuleNotFoundError as error:
        raise UsageError(
            f"{error.name} is missing, which the simulator needs: pip install 'reelmake[simulator]'"
        ) from error
    serve(Options(**given, say=_say))
    return DONE
