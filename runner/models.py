"""What is known of models: as they come with reelmake, and as the provider described them last."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from dsl import catalog, kinds
from dsl.catalog import Model
from dsl.diagnostics import RecipeError
from dsl.suggestion import nearest
from runner.errors import UsageError
from runner.options import RunOptions
from runner.providers.hosted.copies import copies_of, described
from runner.providers.hosted.drift import Drift, drift
from runner.providers.hosted.live_models import LiveModel, ModelCache
from runner.providers.hosted.prices import price
from runner.providers.hosted.settings import read_settings

_QUOTED = re.compile(r"[\"']([^\"'\n]{1,120})[\"']")


@dataclass(frozen=True, slots=True)
class Known:
    """A model in its descriptions, of which there is one at least.

    Attributes:
        bundled: As it comes with reelmake; None for a model that only the provider has.
        live: As the provider described it last; None where it was never asked.
    """

    bundled: Model | None
    live: LiveModel | None

    @property
    def model(self) -> Model:
        """As recipes are judged first."""
        found = self.bundled or (described(self.live, None) if self.live else None)
        if found is None:
            assert self.live is not None
            raise UsageError(f'nothing is known of what "{self.live.id}" takes: the provider gives no schema')
        return found

    @property
    def drift(self) -> list[Drift]:
        """Where the two descriptions differ."""
        return drift(self.bundled, self.live) if self.bundled and self.live else []

    @property
    def rate(self) -> tuple[Decimal | None, Literal["second", "image"]]:
        """USD for a second or an image with nothing but defaults; None where no copy says it."""
        live = self.live
        per_image = (
            live is not None and live.pricing is not None and live.pricing.get("method") == "per_image"
        )
        rate = price(live.pricing, {}, 1, live.defaults) if live else None
        return rate, "image" if per_image else "second"

    def age(self, today: date) -> int | None:
        """Days since the provider was asked; None where it never was."""
        return None if self.live is None else max(0, (today - date.fromisoformat(self.live.as_of)).days)


def cache() -> ModelCache:
    """The copies of the server that is configured.

    Raises:
        UsageError: If the configuration cannot be used.
    """
    return copies_of(read_settings())


def known(names: Sequence[str] | None = None) -> list[Known]:
    """Models by name; all bundled ones where none is given.

    Raises:
        UsageError: If there is no such model, or the configuration cannot be used.
    """
    copies = cache()
    return [_known(name, copies) for name in names or catalog.ids()]


def _known(name: str, copies: ModelCache) -> Known:
    found = Known(catalog.model(name), copies.freshest(name))
    if found.bundled is None and found.live is None:
        near = nearest(name, catalog.ids())
        advice = f'did you mean "{near}"?' if near else "reel models lists those there are"
        raise UsageError(f'there is no model "{name}"; {advice}')
    return found


def defaults() -> list[str]:
    """The models of steps that name none."""
    steps = (kinds.kind(name) for name in kinds.names())
    return sorted({step.default_model for step in steps if step and step.default_model})


def named_by(recipe: Path) -> list[str]:
    """The models that a recipe uses; of one with errors, those whose names or kinds of step stand in it.

    Raises:
        RecipeError: If it has errors and names no model either.
        UsageError: If it uses no model.
    """
    from runner.reading import read

    try:
        graph = read(recipe, RunOptions(), probe=False)
    except RecipeError as error:
        # A schema that is out of date can be the very error: the copies must be had without a graph.
        found = {name for text in error.sources.values() for name in _mentioned(text)}
        if not found:
            raise
        return sorted(found)
    used = {instance.model for instance in graph.instances.values() if instance.model}
    if not used:
        raise UsageError(f"{recipe} uses no model: all its steps are done on this machine")
    return sorted(used)


def _mentioned(text: str) -> Iterator[str]:
    for word in _QUOTED.findall(text):
        if catalog.model(word) is not None:
            yield word
        elif word in kinds.names() and (step := kinds.kind(word)) and step.default_model:
            yield step.default_model


def list_json(models: Sequence[Known], today: date) -> list[dict[str, Any]]:
    """One flat object a model: the surface of `reel models --json`."""
    return [_row(each, today) for each in models]


def _row(each: Known, today: date) -> dict[str, Any]:
    model, (rate, unit) = each.model, each.rate
    return {
        "id": model.id,
        "title": model.title,
        "output": model.output,
        "takes": list(takes(model)),
        "seed": model.takes_seed,
        "endpoint": model.endpoint,
        "schema_as_of": model.as_of,
        "copy_as_of": each.live.as_of if each.live else None,
        "copy_days": each.age(today),
        "differs": bool(each.drift),
        "price_per_second_usd": float(rate) if rate is not None and unit == "second" else None,
        "price_per_image_usd": float(rate) if rate is not None and unit == "image" else None,
    }


def takes(model: Model) -> tuple[str, ...]:
    """The kinds of media that a model takes."""
    return tuple(sorted({media for name in model.parameters if (media := model.media(name))}))


def model_json(each: Known) -> list[dict[str, Any]]:
    """One flat object a parameter: the surface of `reel models ID --json`."""
    model, differences = each.model, each.drift
    names = [*model.parameters, *sorted({one.parameter for one in differences} - model.parameters.keys())]
    return [
        {"model": model.id, **_parameter(model, name, [one for one in differences if one.parameter == name])}
        for name in names
    ]


def _parameter(model: Model, name: str, differences: Sequence[Drift]) -> dict[str, Any]:
    schema = model.parameters.get(name, {})
    return {
        "parameter": name,
        "type": schema.get("type"),
        "media": model.media(name),
        "required": name in model.required,
        "default": schema.get("default"),
        "choices": schema.get("enum"),
        "minimum": schema.get("minimum"),
        "maximum": schema.get("maximum"),
        "above": schema.get("exclusiveMinimum"),
        "needs": list(model.requires.get(name, ())),
        "later": model.later.get(name),
        "differs": [str(one) for one in differences],
    }
