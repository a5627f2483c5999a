"""How every command ends: an exit status, and words instead of a traceback.

The statuses are those of docs/cli.md. Unexpected errors are a defect of reelmake; `REEL_DEBUG=1` shows where.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence

import rich_click as click
from click.exceptions import Abort, Exit, NoArgsIsHelpError

DONE, FAILED, USAGE, REFUSED, HELD, STALLED, BUSY, INTERRUPTED = 0, 1, 2, 3, 4, 5, 6, 130


def run(group: click.RichGroup, arguments: Sequence[str]) -> int:
    """Run a command line to its end and say what went wrong, if anything did.

    Returns:
        The exit status.
    """
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError):  # A test's stream may be no TextIOWrapper.
            stream.reconfigure(errors="replace")  # type: ignore[union-attr] # File names can hold any byte.
    try:
        status = _invoke(group, arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read our output has seen enough. What is still buffered goes nowhere, quietly.
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    return status


def _invoke(group: click.RichGroup, arguments: Sequence[str]) -> int:
    try:
        with group.make_context("reel", list(arguments)) as context:
            return int(group.invoke(context) or DONE)
    except Exit as done:
        return done.exit_code
    except NoArgsIsHelpError as no_arguments:
        click.echo(no_arguments.message, err=True)
        return USAGE
    except click.ClickException as wrong:
        where = wrong.ctx.command_path if isinstance(wrong, click.UsageError) and wrong.ctx else "reel"
        say(f"{wrong.format_message()}\nhelp: {where} --help")
        return USAGE
    except BrokenPipeError:
        raise
    except BaseException as error:  # noqa: BLE001 - the one border where every error becomes words.
        return explain(error)


def explain(error: BaseException) -> int:
    """Say an error in words, on standard error.

    Returns:
        The exit status it calls for.
    """
    if os.environ.get("REEL_DEBUG"):
        import traceback

        traceback.print_exception(error)
    error = _cause(error)
    if isinstance(error, KeyboardInterrupt | Abort):
        say("interrupted; what was finished is kept, and the same command goes on from there")
        return INTERRUPTED
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else FAILED
    return _explain_ours(error)


def _explain_ours(error: BaseException) -> int:
    from dsl.diagnostics import RecipeError
    from runner.errors import (
        BusyError,
        CeilingError,
        HeldError,
        PausedError,
        ReelError,
        StalledError,
        UsageError,
    )

    if isinstance(error, RecipeError):
        from runner.views.findings import pictures, summary

        click.echo(pictures(error.diagnostics, error.sources, colour=colour(sys.stderr)), err=True)
        click.echo(summary(error.diagnostics), err=True)
        return USAGE
    if isinstance(error, ReelError):
        say(str(error))
        statuses: dict[type[ReelError], int] = {
            UsageError: USAGE, BusyError: BUSY, CeilingError: REFUSED, HeldError: HELD,
            StalledError: STALLED, PausedError: STALLED,
        }  # fmt: skip
        return next((status for kind, status in statuses.items() if isinstance(error, kind)), FAILED)
    if isinstance(error, OSError) and error.strerror:
        say(f"{error.filename}: {error.strerror}" if error.filename else error.strerror)
        return FAILED
    say(
        f"reelmake met something it did not expect ({type(error).__name__}: {error}).\n"
        "This is a defect of reelmake and not of your recipe. What was finished is kept.\n"
        "REEL_DEBUG=1 before the command shows where; please report it with the recipe."
    )
    return FAILED


def say(text: str) -> None:
    """Print an error, its control characters made visible."""
    from runner.views.words import printable

    head = click.style("error:", fg="red", bold=True) if colour(sys.stderr) else "error:"
    click.echo(f"{head} " + "\n".join(printable(line) for line in text.splitlines()), err=True)


def colour(stream: object) -> bool:
    """Whether to colour what goes to a stream: a terminal, unless `NO_COLOR` is set."""
    terminal = bool(getattr(stream, "isatty", lambda: False)())
    return terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _cause(error: BaseException) -> BaseException:
    """The one error within a group of a task group's; an interruption goes before all else."""
    while isinstance(error, BaseExceptionGroup):
        stops = [e for e in error.exceptions if isinstance(e, KeyboardInterrupt)]
        error = stops[0] if stops else error.exceptions[0]
    return error
