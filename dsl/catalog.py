"""The models a provider offers: what each takes and makes.

Facts only, bundled as one file a model and read when a model is first asked for. Prices are not here: they
change, and are read from the provider.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from dsl.values import MediaType

_MODELS = Path(__file__).with_name("models")


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A model of the catalogue; each is loaded once, so that models are equal when they are the same object.

    Attributes:
        id: What `model` says.
        title: Its name for people.
        endpoint: The path that takes its jobs, after the provider's base URL.
        as_of: The day its schema was read, or `founding page`.
        output: What it makes.
        parameters: A JSON Schema for each parameter, with `media` on those that take media.
        required: Parameters that must be given.
        requires: For a parameter that is set, the parameters that must be set with it.
        later: What a later schema allows by parameter, which is no error but is not certain to work.
        short_side_cap: The most pixels the shorter side of the output has; None where none is known.
    """

    id: str
    title: str
    endpoint: str
    as_of: str
    output: MediaType
    parameters: Mapping[str, Mapping[str, Any]]
    required: tuple[str, ...] = ()
    requires: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    later: Mapping[str, Any] = field(default_factory=dict)
    short_side_cap: int | None = None

    @property
    def takes_seed(self) -> bool:
        """Whether the same seed makes the same again."""
        return "seed" in self.parameters

    def media(self, parameter: str) -> MediaType | None:
        """What media a parameter takes; None for plain values, and for tables that hold URLs of their own."""
        schema = self.parameters.get(parameter, {})
        media: MediaType | None = schema.get("media")
        return None if schema.get("items", {}).get("type") == "object" else media

    def takes_list(self, parameter: str) -> bool:
        """Whether a parameter takes a list."""
        return self.parameters.get(parameter, {}).get("type") == "array"

    def inputs(self, media: MediaType) -> tuple[str, ...]:
        """The parameters that take one kind of media, in the schema's order."""
        return tuple(name for name in self.parameters if self.media(name) == media)

    def schema(self) -> dict[str, Any]:
        """The JSON Schema of all its parameters together."""
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "properties": {name: dict(schema) for name, schema in self.parameters.items()},
            "required": list(self.required),
            "additionalProperties": False,
        }


@cache
def ids() -> tuple[str, ...]:
    """Every model's id, sorted."""
    return tuple(sorted(path.name.removesuffix(".json") for path in _MODELS.glob("*.json")))


def model(id: str) -> Model | None:  # noqa: A002
    """Find a model by its id."""
    return _load(id) if id in _known() else None


@cache
def _known() -> frozenset[str]:
    return frozenset(ids())


@cache
def _load(model_id: str) -> Model:
    facts = json.loads((_MODELS / f"{model_id}.json").read_text(encoding="utf-8"))
    facts["required"] = tuple(facts.get("required", ()))
    facts["requires"] = {name: tuple(others) for name, others in facts.get("requires", {}).items()}
    return Model(**facts)
