"""A recipe read without being run: for `check`, `show` and `graph`, which need no store and no journal."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dsl.compile import OverrideError, Overrides, compile_recipe
from dsl.diagnostics import Diagnostic, RecipeError
from dsl.graph import Graph, Instance
from runner.errors import UsageError
from runner.facts import RecipeFacts
from runner.options import RunOptions


@dataclass(frozen=True, slots=True)
class Examined:
    """What `check` found.

    Attributes:
        file: The recipe's name, as typed.
        graph: The recipe as a graph; None where it has errors.
        findings: Every error, warning and note, by place.
        sources: The text of each file, by the name that findings give it.
    """

    file: str
    graph: Graph | None
    findings: tuple[Diagnostic, ...]
    sources: Mapping[str, str]


def read(recipe: Path, options: RunOptions, *, probe: bool) -> Graph:
    """Compile a recipe.

    Args:
        recipe: The recipe file.
        options: What the command line overrides.
        probe: Whether media may be opened for their lengths.

    Raises:
        RecipeError: If the recipe has errors.
        UsageError: If an override does not fit the recipe.
    """
    facts = RecipeFacts(options.allow_roots, probe=probe)
    overrides = Overrides(
        vars=options.sets, seed=options.seed, provider=options.provider, allow_large=options.allow_large
    )
    try:
        return compile_recipe(recipe, facts, overrides, file=str(recipe))
    except OverrideError as error:
        raise UsageError(str(error)) from error


def examine(recipe: Path, options: RunOptions) -> Examined:
    """Find everything that is wrong with a recipe, without decoding any media.

    Raises:
        UsageError: If an override does not fit the recipe.
    """
    try:
        graph = read(recipe, options, probe=False)
    except RecipeError as error:
        return Examined(str(recipe), None, tuple(error.diagnostics), error.sources)
    return Examined(str(recipe), graph, graph.findings, graph.sources)


def choose(graph: Graph, name: str) -> tuple[Instance, ...]:
    """The instances that a user names: one by its address, or all of a step.

    Raises:
        UsageError: If there is none.
    """
    found = tuple(
        instance
        for address, instance in graph.instances.items()
        if name in (str(address), f"{address}@{address.take}") or name == address.step
    )
    if not found:
        known = [*dict.fromkeys(address.step for address in graph.instances), *map(str, graph.instances)]
        near = difflib.get_close_matches(name, known, n=1)
        advice = f'did you mean "{near[0]}"?' if near else "reel show RECIPE --expanded lists them all"
        raise UsageError(f'nothing in the recipe is called "{name}"; {advice}')
    return found
