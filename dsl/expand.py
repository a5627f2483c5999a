"""From steps to instances: a draft for each point of a step's axes, before any parameter is looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from math import prod

from dsl import catalog, kinds
from dsl import shape_findings as say
from dsl.address import Address
from dsl.catalog import Model
from dsl.kinds import Kind, KindError
from dsl.nodes import Scalar, what
from dsl.recipe import Label, Recipe, Shot, Step, Wish, Written
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
        labels: The values of the step's matrix, by axis.
        wish: What the shot asks of the step.
        kind: The kind of step; None where that is not known, which has been reported.
        model: The model; None for a local kind, and where it is not known.
        output: What it makes; None where that is not known.
        supplied: What the shot supplies instead of it.
        circled: Whether this is the take that others use.
    """

    address: Address
    step: Step
    shot: Shot | None
    labels: Mapping[str, Label]
    wish: Wish | None
    kind: Kind | None
    model: Model | None
    output: MediaType | None
    supplied: Written | None
    circled: bool = True

    @property
    def env(self) -> Env:
        """From where its values are looked at."""
        return Env(self.shot, self.labels)

    @property
    def whole(self) -> bool:
        """Whether enough is known to look at its parameters."""
        return self.kind is not None and (self.kind.local or self.model is not None)


def count_instances(recipe: Recipe) -> dict[str, int]:
    """How many instances each step asks for, found without making one."""
    story = len(recipe.story)
    more: dict[str, int] = {}  # Takes beyond the step's own, which shots ask for.
    for shot in recipe.story:
        for name, wish in shot.wishes.items():
            if "takes" in wish.fields and recipe.steps[name].each_shot:
                extra = wish.fields["takes"].value - (takes_of(recipe.steps[name], None) or 1)
                more[name] = more.get(name, 0) + extra
    return {
        name: prod(len(labels) for labels in step.matrix.values())
        * ((story if step.each_shot else 1) * (takes_of(step, None) or 1) + more.get(name, 0))
        for name, step in recipe.steps.items()
    }


def takes_of(step: Step, shot: Shot | None) -> int | None:
    """How many takes are written for a step, or by a shot for it; None where nothing is."""
    tiers = (shot.wishes.get(step.name) if shot else None, step.wish)
    return next((tier.fields["takes"].value for tier in tiers if tier and "takes" in tier.fields), None)


def within_limit(recipe: Recipe, report: Report, *, allow_large: bool) -> bool:
    """Whether a recipe may be expanded; if not, that is reported."""
    counts = count_instances(recipe)
    count = sum(counts.values())
    limit = HARD_LIMIT if allow_large else LIMIT
    if count <= limit:
        return True
    largest = recipe.steps[max(counts, key=counts.__getitem__)]
    written = (key for key in ("matrix", "takes", "for_each") if counts[largest.name] > 1)
    places = (report.key((*largest.path, key)) for key in written if _asks(largest, key))
    place = next(places, report.header(()))
    flag = None if allow_large or count > HARD_LIMIT else "--allow-large"
    report.add(say.too_many_instances(place, count, limit if flag else HARD_LIMIT, flag))
    return False


def _asks(step: Step, key: str) -> bool:
    """Whether a step says so itself that it makes several."""
    return {"matrix": bool(step.matrix), "takes": "takes" in step.wish.fields, "for_each": step.each_shot}[
        key
    ]


def expand(
    recipe: Recipe, scope: Scope, report: Report, circled: Mapping[str, int]
) -> dict[str, tuple[Draft, ...]]:
    """Draft every instance, by step, in the order of the story and then of the matrix.

    Args:
        recipe: The recipe.
        scope: Its names.
        report: Where to report what is wrong.
        circled: The take that others use of an instance, by its address without a take.
    """
    return {
        name: tuple(take for draft in _drafts(step, recipe, scope, report) for take in _takes(draft, circled))
        for name, step in recipe.steps.items()
    }


def _takes(draft: Draft, circled: Mapping[str, int]) -> Iterator[Draft]:
    """Every take of an instance: those that are asked for, and the one that is circled."""
    chosen = max(1, circled.get(str(draft.address), 1))
    if draft.supplied is not None or (draft.kind is not None and draft.kind.local):
        chosen, asked = 1, None
    else:
        asked = takes_of(draft.step, draft.shot)
    for take in sorted({chosen, *range(1, (asked or 0) + 1)}):
        yield replace(draft, address=replace(draft.address, take=take), circled=take == chosen)


def _drafts(step: Step, recipe: Recipe, scope: Scope, report: Report) -> Iterator[Draft]:
    kind = _kind(step, report)
    cut = kind is not None and kind.name == "concat" and not step.each_shot
    if kind is not None and not step.each_shot and not cut:
        for shot in recipe.shots:
            if (wish := shot.wishes.get(step.name)) is not None:
                report.add(say.not_for_each_shot(report.key(wish.path), step.name))
    if kind is not None and kind.local:
        wishes = (shot.wishes[step.name] for shot in recipe.shots if step.name in shot.wishes)
        for wish in (step.wish, *wishes):
            for key in ("model", "provider", "takes"):
                if key in wish.fields:
                    report.add(say.only_for_providers(report.key(wish.fields[key].path), key, kind.name))
    for here in recipe.story if step.each_shot else (None,):
        for labels in product(*step.matrix.values()):
            env = Env(here, dict(zip(step.matrix, labels, strict=True)))
            yield _draft(step, env, kind, scope, report)


def _draft(step: Step, env: Env, kind: Kind | None, scope: Scope, report: Report) -> Draft:
    shot, labels = env.shot, env.labels
    wish = shot.wishes.get(step.name) if shot else None
    model = _model(step, env, kind, scope, report) if kind and not kind.local else None
    output = (kind.output or (model.output if model else None)) if kind else None
    supplied = wish.params.get(output) if wish and output else None
    point = (*((shot.id,) if shot else ()), *(label.text for label in labels.values()))
    return Draft(Address(step.name, point), step, shot, labels, wish, kind, model, output, supplied)


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


def _model(step: Step, env: Env, kind: Kind, scope: Scope, report: Report) -> Model | None:
    """The model of an instance, fit for its kind; None, reported, where there is none."""
    wish = env.shot.wishes.get(step.name, Wish(step.path)) if env.shot else Wish(step.path)
    written = wish.fields.get("model") or step.wish.fields.get("model")
    if written is None:
        if kind.default_model is None and not step.wish.broken:
            wanted = "text, the id of a model"
            report.add(say.missing_key(report.header(step.path), "model", wanted, step.path))
        return catalog.model(kind.default_model) if kind.default_model else None
    node = scope.evaluate(written, env)
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
