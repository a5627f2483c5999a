"""From the text to the graph: `compile_recipe`, with everything that is wrong found in one pass."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Any

from dsl import checks, reference_findings
from dsl.address import Address
from dsl.deliveries import all_unused, read_outputs, slate_of
from dsl.diagnostics import RecipeError
from dsl.expand import expand, within_limit
from dsl.facts import Facts
from dsl.footage import Footage
from dsl.graph import Delivery, Graph, Instance, circles, in_order
from dsl.lengths import Lengths
from dsl.library import load_library
from dsl.media import MediaDesk
from dsl.nodes import items
from dsl.outputs import Outputs
from dsl.overrides import OverrideError, Overrides, override_vars
from dsl.recipe import VALUE_TABLES, Recipe, Wish, Written
from dsl.report import Path, Place, Report
from dsl.resolve import Resolved, Resolver
from dsl.scope import Env, Scope
from dsl.tables import read_recipe
from dsl.values import Derived, Made

__all__ = ["OverrideError", "Overrides", "compile_recipe"]


def compile_recipe(
    path: pathlib.Path, facts: Facts, overrides: Overrides | None = None, *, file: str | None = None
) -> Graph:
    """Compile a recipe.

    Args:
        path: The recipe file.
        facts: What may be known of the files it names.
        overrides: What the user wishes otherwise than the recipe says.
        file: The file's name as it is shown; the path unless given.

    Raises:
        RecipeError: If there is an error; with everything found, warnings too.
        OverrideError: If a variable to be set does not exist, or cannot take the value.
    """
    overrides = overrides or Overrides()
    library = load_library(path, file or str(path))
    report = Report(library.documents)
    report.add(*library.findings)
    recipe = read_recipe(library, report)
    if not library.whole:  # What the missing files define would be reported as unknown.
        raise RecipeError(report.findings, library.sources)
    slate = slate_of(recipe, path)
    scope = Scope(recipe, report, slate=slate, overrides=override_vars(recipe, overrides))
    compiler = _Compiler(
        recipe, report, scope, facts=facts, folder=path.absolute().parent, overrides=overrides
    )
    instances: dict[Address, Instance] = {}
    deliveries: tuple[Delivery, ...] = ()
    if within_limit(recipe, report, allow_large=overrides.allow_large):
        instances, deliveries = compiler.expanded(slate)
    if report.failed:
        raise RecipeError(report.findings, library.sources)
    return Graph(
        recipe=path.absolute(),
        title=recipe.title or slate,
        slate=slate,
        seed=compiler.seed,
        max_cost=None if recipe.max_cost is None else Decimal(str(recipe.max_cost)),
        instances=instances,
        deliveries=deliveries,
        findings=report.findings,
        sources=library.sources,
        shots=tuple(shot.id for shot in recipe.story),
    )


class _Compiler:
    """The stages of one compilation after its tables have been read."""

    def __init__(
        self,
        recipe: Recipe,
        report: Report,
        scope: Scope,
        *,
        facts: Facts,
        folder: pathlib.Path,
        overrides: Overrides,
    ) -> None:
        self.seed = recipe.seed if overrides.seed is None else overrides.seed
        self._recipe = recipe
        self._report = report
        self._scope = scope
        self._lengths = Lengths(facts, report)
        self._desk = MediaDesk(facts, folder, report)
        self._provider = overrides.provider
        self._circled = overrides.circled

    def expanded(self, slate: str) -> tuple[dict[Address, Instance], tuple[Delivery, ...]]:
        """Every instance in order, and what is delivered; whole only where no error was reported."""
        recipe, report, scope = self._recipe, self._report, self._scope
        drafts = expand(recipe, scope, report, self._circled)
        outputs = Outputs(recipe, drafts, scope, self._desk, report)
        scope.outputs = outputs
        resolver = Resolver(recipe, scope, self._desk, report, provider=self._provider, seed=self.seed)
        resolved: dict[Address, Resolved] = {}
        for draft in (draft for instances in drafts.values() for draft in instances):
            needs = outputs.needs(draft)
            if draft.supplied is not None:
                outputs.supplied(draft)
            elif draft.kind is not None and draft.whole:
                resolved[draft.address] = resolver.resolve(draft, draft.kind, needs)
        deliveries = read_outputs(recipe, slate, scope, report)
        self._look_at_the_rest()
        scope.finish()
        instances = self._ordered(resolved)
        if not recipe.outputs and not report.failed:
            deliveries = all_unused(drafts, slate, outputs, report)
        checks.unused_values(recipe, scope, report)
        checks.unused_fields(recipe, scope, report)
        checks.unused_defaults(recipe, drafts, resolver.taken, report)
        checks.takes_alike(resolved.values(), report)
        checks.seedless_models(resolved.values(), report)
        checks.chained_dissolves(resolved.values(), instances, report)
        Footage(instances, self._lengths, report).look(resolved.values())
        return instances, deliveries

    def _ordered(self, resolved: Mapping[Address, Resolved]) -> dict[Address, Instance]:
        """The instances, each after its inputs and with its length; circles are reported."""
        inputs = {address: each.instance.inputs for address, each in resolved.items()}
        rank = {address: index for index, address in enumerate(resolved)}
        order, stuck = in_order(inputs, rank.__getitem__)
        if stuck:
            self._circles({address: inputs[address] for address in stuck}, resolved)
        return {address: self._lengths.declare(resolved[address]) for address in order}

    def _circles(
        self, inputs: Mapping[Address, tuple[Address, ...]], resolved: Mapping[Address, Resolved]
    ) -> None:
        """Report each circle once, at the reference that closes it, however many shots have the same."""
        said = set()
        for loop in sorted(circles(inputs)):
            place = next(filter(None, (_edge(resolved[a], b) for a, b in pairwise(loop))), None)
            span = self._report.at(place) if place else resolved[loop[0]].instance.span
            if span not in said:
                said.add(span)
                self._report.add(reference_findings.cycle(span, [str(address) for address in loop]))

    def _look_at_the_rest(self) -> None:
        """See that names exist in texts that no instance has looked at: unused values, omitted shots."""
        for written, env in self._everything():
            for each in _texts(written.value, written.path):
                if each.path not in self._scope.visited:
                    self._scope.evaluate(each, env)

    def _everything(self) -> Iterator[tuple[Written, Env]]:
        lenient = Env(lenient=True)
        for table in VALUE_TABLES:
            yield from ((written, lenient) for written in self._recipe.values[table].values())
        for defaults in self._recipe.defaults.values():
            yield from ((written, lenient) for written in defaults.values())
        for step in self._recipe.steps.values():
            yield from ((label.written, lenient) for axis in step.matrix.values() for label in axis)
            yield from ((written, lenient) for written in _written(step.wish))
        for shot in self._recipe.shots:
            here = Env(shot, lenient=True)
            yield from ((written, here) for written in shot.fields.values())
            yield from ((written, here) for wish in shot.wishes.values() for written in _written(wish))


def _written(wish: Wish) -> Iterator[Written]:
    yield from wish.params.values()
    yield from (wish.fields[key] for key in ("model", "provider") if key in wish.fields)


def _texts(value: Any, path: Path) -> Iterator[Written]:
    """Every text with a reference in it, and every date, which is a value of no kind."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _texts(inner, (*path, index))
    elif isinstance(value, str):
        if "${" in value:
            yield Written(value, path)
    elif value is not None and not isinstance(value, bool | int | float):
        yield Written(value, path)


def _edge(resolved: Resolved, target: Address) -> Place | None:
    """Where an instance refers to another; None where only `needs` says so."""
    for node in resolved.nodes.values():
        for item in items(node):
            source = item.media.source if isinstance(item.media, Derived) else item.media
            if isinstance(source, Made) and source.address == target:
                return item.place
    return None
