"""Arguments and flags that mean the same in every command."""

from __future__ import annotations

import functools
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias

import rich_click as click

from runner.job import Rendition

Command: TypeAlias = Callable[..., Any]

_PROXY = 360


def recipe(function: Command) -> Command:
    """The recipe, which comes first."""
    return click.argument("recipe", type=click.Path(path_type=Path), callback=_recipe_file)(function)


def as_json(function: Command) -> Command:
    """`--json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print data instead of text.")(function)


def reading(function: Command) -> Command:
    """The flags of every command that reads a recipe; they arrive as one `RunOptions` named `options`."""
    return _flags(function, _READING)


def planning(function: Command) -> Command:
    """The flags of `reading` and those that say what of it is made, and how an animatic is drawn."""
    return _flags(function, (*_READING, *_PLANNING))


def rehearsing(function: Command) -> Command:
    """The flags of `planning` and those that say where films go, without `--provider`."""
    flags = (*_READING[1:], *_PLANNING, *_MAKING)
    return _flags(function, flags, provider="animatic")


def making(function: Command) -> Command:
    """The flags of `planning` and those that say where films go and how many jobs run at once."""
    return _flags(function, (*_READING, *_PLANNING, *_MAKING))


def asking(function: Command) -> Command:
    """`--yes` and `--non-interactive`."""
    yes = click.option("--yes", "-y", is_flag=True, help="Agree to the price without being asked.")
    silent = click.option("--non-interactive", is_flag=True, help="Ask nothing, and guess nothing.")
    return yes(silent(function))


def _flags(function: Command, flags: tuple[Callable[[Command], Command], ...], **fixed: Any) -> Command:
    @functools.wraps(function)
    def command(**given: Any) -> Any:
        from runner.options import RunOptions

        values = fixed | {name: given.pop(name) for name in _NAMES & given.keys()}
        if rendition := _rendition(given):
            values["rendition"] = rendition
        return function(options=RunOptions(**values), **given)

    decorated: Command = command
    for flag in reversed(flags):
        decorated = flag(decorated)
    return decorated


def _rendition(given: dict[str, Any]) -> Rendition | None:
    """How animatics are drawn; None for a command without these flags."""
    if "proxy" not in given:
        return None
    proxy, full_size, no_slate = (given.pop(name) for name in ("proxy", "full_size", "no_slate"))
    if proxy is not None and full_size:
        raise click.UsageError("--proxy and --full-size contradict each other; give one of them")
    return Rendition(short_side=None if full_size else proxy or _PROXY, slate=not no_slate)


def _recipe_file(_context: click.Context, _parameter: click.Parameter, path: Path) -> Path:
    """The recipe as typed, if it is a file; of a folder, a recipe in it is named, as that was meant."""
    if path.is_dir():
        inside = sorted(path.glob("*.toml"))
        near = f"; did you mean {click.format_filename(inside[0])}?" if inside else "; name the recipe in it"
        raise click.BadParameter(f"{click.format_filename(path)} is a folder{near}")
    if not path.exists():
        raise click.BadParameter(f"there is no file {click.format_filename(path)}")
    return path


def _assignments(
    _context: click.Context, _parameter: click.Parameter, pairs: tuple[str, ...]
) -> dict[str, str]:
    """`NAME=VALUE`, each once or more; the last one counts."""
    assigned = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not (name and equals):
            raise click.BadParameter(f'"{pair}" is not NAME=VALUE')
        assigned[name] = value
    return assigned


def _usd(_context: click.Context, _parameter: click.Parameter, value: float | None) -> Decimal | None:
    """A price, exactly as it was typed."""
    return None if value is None else Decimal(str(value))


_FOLDER = click.Path(file_okay=False, path_type=Path)

_READING = (
    click.option("--provider", metavar="NAME", help="Use this provider for every step of the recipe."),
    click.option(
        "--set", "sets", metavar="NAME=VALUE", multiple=True, callback=_assignments,
        help="Give a value of [vars] another value. May be given more than once.",
    ),
    click.option("--seed", type=int, metavar="N", help="Use this root seed instead of the recipe's."),
    click.option(
        "--allow-root", "allow_roots", type=click.Path(exists=True, file_okay=False, path_type=Path),
        metavar="DIR", multiple=True, help="Let the recipe read media under this folder too.",
    ),
    click.option("--allow-large", is_flag=True, help="Accept more than 1,000 instances."),
)  # fmt: skip

_PLANNING = (
    click.option(
        "--only", metavar="ADDRESS", multiple=True,
        help="Make only this step or instance, and what it needs. May be given more than once.",
    ),
    click.option(
        "--proxy", type=click.IntRange(min=64, max=4320), metavar="N",
        help=f"Draw animatics with a short side of N pixels ({_PROXY} unless given).",
    ),
    click.option("--full-size", is_flag=True, help="Draw animatics in the model's real size."),
    click.option("--no-slate", is_flag=True, help="Draw animatics without the slate at their foot."),
)  # fmt: skip

_MAKING = (
    click.option(
        "--jobs", type=click.IntRange(min=1, max=1000), default=8, metavar="N", show_default=True,
        help="Run at most N hosted jobs at once. Local work runs one a core.",
    ),
    click.option(
        "--max-cost", type=click.FloatRange(min=0), metavar="USD", callback=_usd,
        help="Spend at most this, instead of what the recipe and your configuration say.",
    ),
    click.option(
        "--allow-unpriced", is_flag=True, help="Buy also what has no known price, under a ceiling."
    ),
    click.option("--out", type=_FOLDER, metavar="DIR", help="Deliver here, not to out/ beside the recipe."),
)  # fmt: skip

_NAMES = {
    "provider", "sets", "seed", "allow_roots", "allow_large", "only", "jobs", "out",
    "max_cost", "allow_unpriced",
}  # fmt: skip
