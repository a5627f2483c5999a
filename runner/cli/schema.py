"""`reel schema`."""

from __future__ import annotations

import json

import rich_click as click

from runner.cli.ending import DONE


@click.command("schema")
def command() -> int:
    """Print the language as a JSON Schema, for editors.

    `reel schema > recipe.schema.json`, and `#:schema ./recipe.schema.json` as the first line of a recipe:
    an editor that knows TOML then offers every key, says what it is, and marks what is wrong while you type.
    """
    from dsl.schema import language

    click.echo(json.dumps(language(), indent=2, ensure_ascii=False))
    return DONE
