"""From steps to instances: a draft for each point of a step's axes, before any parameter is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dsl import catalog, kinds
from dsl import shape_findings as say
from dsl.address import Address
from dsl.catalog import Model
from dsl.kinds import Kind, KindError
from dsl.nodes import Scalar, what
from dsl.recipe import Recipe, Shot, Step, Wish, Written
from dsl.report import Report
from dsl.scope import Env, Scope
from dsl.values import MediaType

LIMIT = 1_000
"""Instances a recipe may have unless large ones are allowed."""

HARD_LIMIT = 100_000
"""Instances a recipe may have at all."""

LATER_KINDS = ("title", "stack")


@dataclass(frozen=True, slots=True)
class Draft:
    """An instance to be.

    Attributes:
        address: Its name.
        step: The step.
        shot: The shot, where the step has that axis.
        wish: What the shot asks of the step.
        kind: The kind of step; None where that is not known, which has been reported.
        model: The model; None for a local kind, and where it is not known.
        output: What it makes; None where that is not known.
        supplied: What the shot supplies instead of it.
    """

    address: Address
    step: Step
    shot: Shot | None
    wish: Wish | None
    kind: Kind | None
    model: Model | None
    output: MediaType | None
    supplied: Written | None

    @property
    def whole(self) -> bool:
        """Whether enough is known to look at its parameters."""
        return self.kind is not None and (self.kind.local or self.model is not None)


def count_instances(recipe: Recipe) -> int:
    """How many instances a recipe asks for, found without making one."""
    shots = len(recipe.story)
    return sum(shots if step.each_shot else 1 for step in recipe.steps.values())


def within_limit(recipe: Recipe, report: Report, *, allow_large: bool) -> bool:
    """Whether a recipe may be expanded; if not, that is reported."""
    count = count_instances(recipe)
    limit = HARD_LIMIT if allow_large else LIMIT
    if count <= limit:
        return True
    largest = next((step for step in recipe.steps.values() if step.each_shot), None)
    place = report.header(()) if largest is None else report.value((*largest.path, "for_each"))
    flag = None if allow_large or count > HARD_LIMIT else "--allow-large"
    report.add(say.too_many_instances(place, count, limit if flag else HARD_LIMIT, flag))
    return False


def expand(recipe: Recipe, scope: Scope, report: Report) -> dict[str, tuple[Draft, ...]]:
    """Draft every instance, by step, in story order."""
    return {name: _drafts(step, recipe, scope, report) for name, step in recipe.steps.items()}


def _drafts(step: Step, recipe: Recipe, scope: Scope, report: Report) -> tuple[Draft, ...]:
    kind = _kind(step, report)
    cut = kind is not None and kind.name == "concat" and not step.each_shot
    if kind is not None and not step.each_shot and not cut:
        for shot in recipe.shots:
            if (wish := shot.wishes.get(step.name)) is not None:
                report.add(say.not_for_each_shot(report.key(wish.path), step.name))
    if kind is not None and kind.local:
        wishes = (shot.wishes[step.name] for shot in recipe.shots if step.name in shot.wishes)
        for wish in (step.wish, *wishes):
            for key in ("model", "provider"):
                if key in wish.fields:
                    report.add(say.only_for_providers(report.key(wish.fields[key].path), key, kind.name))
    if not step.each_shot:
        return (_draft(step, None, kind, scope, report),)
    return tuple(_draft(step, shot, kind, scope, report) for shot in recipe.story)


def _draft(step: Step, shot: Shot | None, kind: Kind | None, scope: Scope, report: Report) -> Draft:
    wish = shot.wishes.get(step.name) if shot else None
    model = _model(step, shot, kind, scope, report) if kind and not kind.local else None
    output = (kind.output or (model.output if model else None)) if kind else None
    supplied = wish.params.get(output) if wish and output else None
    point = (shot.id,) if shot else ()
    return Draft(Address(step.name, point), step, shot, wish, kind, model, output, supplied)


def _kind(step: Step, report: Report) -> Kind | None:
    """The kind a step uses; None, reported, where there is none."""
    if not step.uses:
        return None
    place = report.value((*step.path, "uses"))
    try:
        found = kinds.kind(step.uses)
    except KindError as error:
        report.add(say.broken_plugin(place, str(error)))
        return None
    if found is None and step.uses in LATER_KINDS:
        report.add(say.later_kind(place, step.uses))
    elif found is None:
        report.add(say.unknown_kind(place, step.uses, report.near(step.uses, kinds.names()), kinds.names()))
    return found


def _model(step: Step, shot: Shot | None, kind: Kind, scope: Scope, report: Report) -> Model | None:
    """The model of an instance, fit for its kind; None, reported, where there is none."""
    wish = shot.wishes.get(step.name, Wish(step.path)) if shot else Wish(step.path)
    written = wish.fields.get("model") or step.wish.fields.get("model")
    if written is None:
        if kind.default_model is None and not step.wish.broken:
            wanted = "text, the id of a model"
            report.add(say.missing_key(report.header(step.path), "model", wanted, step.path))
        return catalog.model(kind.default_model) if kind.default_model else None
    node = scope.evaluate(written, Env(shot))
    if node is None:
        return None
    place = report.at(node.place)
    if not isinstance(node, Scalar) or not isinstance(node.value, str):
        report.add(say.wrong_type(place, "model", "text, the id of a model", what(node)))
        return None
    if (model := catalog.model(node.value)) is None:
        report.add(say.unknown_model(place, node.value, report.near(node.value, catalog.ids())))
        return None
    if (reason := unfit(model, kind)) is not None:
        report.add(say.model_mismatch(place, model.id, kind.name, reason))
        return None
    return model


def unfit(model: Model, kind: Kind) -> str | None:
    """Why a model cannot do what a kind says, by its media inputs and output; None where it can."""
    if kind.output not in (None, model.output):
        return f"it makes {_A[model.output]}"
    if kind.takes is not None and not model.inputs(kind.takes):
        return f"it takes no {kind.takes}"
    wanted = {kind.takes, *_WITH.get(kind.name, ())}
    for name in model.required:
        media = model.media(name)
        if kind.output is not None and media is not None and media not in wanted:
            return f"it needs {_A[media]}"
    return None


_A: Mapping[MediaType, str] = {"image": "an image", "video": "a video", "audio": "audio"}
_WITH: Mapping[str, tuple[MediaType, ...]] = {"reference-video-to-video": ("image",)}
