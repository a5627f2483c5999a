"""`reel models`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import rich_click as click

from runner.cli import options as flags
from runner.cli.ending import DONE, FAILED, say

_NAMED = 3


@click.command("models")
@click.argument("name", metavar="[ID | RECIPE]", required=False)
@click.option("--refresh", is_flag=True, help="Ask the provider first, and keep what it says. Needs no key.")
@flags.as_json
def command(name: str | None, refresh: bool, as_json: bool) -> int:
    """List the models that recipes can use, or show one.

    With an ID: its parameters, its price, and what the provider has changed. With a RECIPE: the models it
    uses. Prices and changes are known where the provider was asked: `--refresh` asks about the model named,
    about the models of the recipe, or about those that steps use by themselves.
    """
    from runner.models import defaults, known, list_json, model_json, named_by
    from runner.views.model_text import model_text
    from runner.views.models_text import models_text

    today = datetime.now(UTC).date()
    recipe = Path(name) if name and (name.endswith(".toml") or Path(name).is_file()) else None
    names = named_by(recipe) if recipe else [name] if name else None
    status = _refreshed(names or defaults(), today) if refresh else DONE
    models = known(names)
    alone = name is not None and recipe is None
    if as_json:
        click.echo(json.dumps(model_json(models[0]) if alone else list_json(models, today), indent=2))
    else:
        click.echo(model_text(models[0], today) if alone else models_text(models, today))
    return status


def _refreshed(names: Sequence[str], today: date) -> int:
    """Ask the provider, and say what it would not tell."""
    import anyio

    from runner.providers.hosted.refresh import refresh
    from runner.providers.hosted.settings import read_settings

    settings = read_settings()
    problems = anyio.run(lambda: refresh(settings, names, today))
    for words in dict.fromkeys(problems.values()):
        which = [name for name, problem in problems.items() if problem == words]
        about = ", ".join(which) if len(which) <= _NAMED else f"{len(which)} models"
        say(f"{settings.origin} was asked about {about}: {words}; what was known before is kept")
    return FAILED if problems else DONE
