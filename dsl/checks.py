"""What is odd about a whole recipe: what nothing uses, models without a seed, frames shown twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise

from dsl import kinds, reference_findings, shape_findings
from dsl.address import Address
from dsl.expand import Draft
from dsl.graph import Instance
from dsl.recipe import Recipe
from dsl.report import Place, Report
from dsl.resolve import Resolved
from dsl.scope import Scope
from dsl.values import Derived, Made, Value


def unused_values(recipe: Recipe, scope: Scope, report: Report) -> None:
    """Warn of cast and style that nothing refers to; included ones are there for other recipes too."""
    for table in ("cast", "style"):
        for name, written in recipe.values[table].items() if table not in report.unknown else ():
            if (table, name) not in scope.used and written.path[0] == table:
                report.add(reference_findings.unused_value(report.key(written.path), table, name))


def unused_fields(recipe: Recipe, scope: Scope, report: Report) -> None:
    """Warn of shot fields that nothing reads, each name once."""
    if "shot" in report.unknown:
        return
    said: set[str] = set()
    choices = [*recipe.steps, *scope.read, "id", "omit"]
    for shot in recipe.shots:
        for name, written in shot.fields.items():
            if name not in scope.read and name not in said:
                said.add(name)
                near = report.near(name, choices)
                report.add(reference_findings.unused_field(report.key(written.path), name, near))


def unused_defaults(
    recipe: Recipe, drafts: Mapping[str, tuple[Draft, ...]], taken: set[tuple[str, str]], report: Report
) -> None:
    """Report defaults for a kind there is not; warn of those that nothing took."""
    every = [draft for instances in drafts.values() for draft in instances]
    unknown = any(draft.kind is None for draft in every)
    for kind, defaults in recipe.defaults.items():
        if kind not in kinds.names():
            report.add(
                shape_findings.unknown_kind(
                    report.key(("defaults", kind)), kind, report.near(kind, kinds.names()), kinds.names()
                )
            )
            continue
        here = [draft for draft in every if draft.kind is not None and draft.kind.name == kind]
        if unknown or any(not draft.whole for draft in here):
            continue
        if not here:
            if not any(step.uses == kind for step in recipe.steps.values()):
                report.add(reference_findings.unused_defaults(report.key(("defaults", kind)), kind))
            continue
        owners = {draft.model or draft.kind for draft in here}
        parameters = {name for owner in owners if owner is not None for name in owner.parameters}
        for name, written in defaults.items():
            if (kind, name) not in taken:
                known = name in parameters
                near = None if known else report.near(name, parameters)
                place = report.key(written.path)
                report.add(reference_findings.unused_default(place, kind, name, near, known=known))


def takes_alike(resolved: Iterable[Resolved], report: Report) -> None:
    """Warn of takes that can only be the same, because a seed is written for all of them."""
    takes: dict[Place, tuple[str, int]] = {}
    for each in resolved:
        if each.instance.address.take > 1 and "seed" in each.nodes:
            takes[each.place("seed")] = (each.draft.step.name, each.instance.address.take)
    for place, (step, count) in takes.items():
        report.add(shape_findings.takes_of_one_seed(report.at(place), step, count))


def seedless_models(resolved: Iterable[Resolved], report: Report) -> None:
    """Note each model that takes no seed, where it is first used."""
    said: set[str] = set()
    for each in resolved:
        model = each.draft.model
        if model is None or model.takes_seed or model.id in said:
            continue
        said.add(model.id)
        fields = [tier.fields for tier in (each.draft.wish, each.draft.step.wish) if tier is not None]
        named = next((field["model"].path for field in fields if "model" in field), None)
        place = report.value(named or (*each.draft.step.path, "uses"))
        report.add(shape_findings.seedless_model(place, model.id))


def chained_dissolves(
    films: Iterable[Resolved], instances: Mapping[Address, Instance], report: Report
) -> None:
    """Warn of dissolves into a shot that begins on the last frame of the one before."""
    for film in films:
        said: dict[Place, list[str]] = {}
        clips = film.cut.clips if film.cut else ()
        for before, clip in pairwise(clips):
            if clip.transition.kind != "dissolve" or clip.decided is None:
                continue
            if _ends(clip.source, instances) & _line(before.source, instances):
                said.setdefault(clip.decided, []).append(clip.shot or str(len(said)))
        for place, shots in said.items():
            name = film.draft.step.name
            report.add(shape_findings.chained_dissolve(report.at(place), name, shots))


def _line(media: Value, instances: Mapping[Address, Instance]) -> frozenset[Value]:
    """A clip and the videos it was made from, one out of the other."""
    line: list[Value] = []
    while media is not None and media not in line:
        line.append(media)
        made = instances.get(media.address) if isinstance(media, Made) else None
        media = made.params.get("input_video") if made else None
    return frozenset(line)


def _ends(media: Value, instances: Mapping[Address, Instance]) -> frozenset[Value]:
    """The videos on whose last frame a clip, or what it was made from, begins."""
    found: set[Value] = set()
    for each in _line(media, instances):
        made = instances.get(each.address) if isinstance(each, Made) else None
        first = made.params.get("input_image") if made else None
        frame = instances.get(first.address) if isinstance(first, Made) else None
        if isinstance(first, Derived) and first.output == "last_frame":
            found.add(first.source)
        elif frame is not None and frame.uses == "frame" and frame.params.get("at") == "last":
            found.add(frame.params.get("input_video"))
    return frozenset(found)
