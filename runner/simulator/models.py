"""The models as the API shows them, and what it says when a job's parameters are wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from dsl import catalog
from dsl.catalog import Model
from runner.simulator.prices import pricing

_CREATED = 1_750_000_000
_RENDERED = {"image": "image-url", "video": "video-url", "audio": "audio-url"}


@dataclass(frozen=True, slots=True)
class Shelf:
    """The models on offer.

    Attributes:
        schema_key: The name under which a schema is given.
        drift: Whether schemas are those of the later documentation.
    """

    schema_key: str
    drift: bool

    def find(self, name: object) -> Model | None:
        """The model of that id."""
        return catalog.model(name) if isinstance(name, str) else None

    def schema(self, model: Model) -> Mapping[str, Any]:
        """The model's JSON Schema, with the documented extensions."""
        return _schema(model, self.drift)

    def shown(self, model: Model) -> dict[str, Any]:
        """The model object."""
        inputs = {media for name in model.parameters if (media := model.media(name))}
        return {
            "id": model.id,
            "object": "model",
            "created": _CREATED,
            "owned_by": "simulator",
            "display_name": model.title,
            "description": f"{model.title}, simulated: nothing leaves this machine, and nothing is charged.",
            "model_type": "base",
            "endpoint": model.endpoint,
            "capabilities": {"input": ["text", *sorted(inputs)], "output": [model.output]},
            "pricing": pricing(model),
            "developer": {"name": "simulator", "logo": None},
            self.schema_key: self.schema(model),
        }

    def all_shown(self) -> list[dict[str, Any]]:
        """Every model object, by id."""
        return [self.shown(model) for name in catalog.ids() if (model := catalog.model(name))]

    def evaluated(self) -> list[dict[str, Any]]:
        """Every model as the endpoint of the documentation's generator shows it."""
        return [
            {
                "name": model.id,
                "capabilities": {"input": ["text"], "output": [model.output]},
                "provider": {"name": "simulator"},
                "json_request_schema": self.schema(model),
            }
            for name in catalog.ids()
            if (model := catalog.model(name))
        ]

    def fault(self, model: Model, parameters: Mapping[str, Any]) -> str | None:
        """What is wrong with parameters, as a provider's text; None where nothing is.

        Parameters that the model does not know are ignored, as are nulls.
        """
        known = {k: v for k, v in parameters.items() if k in model.parameters and v is not None}
        if (error := next(_validator(model, self.drift).iter_errors(known), None)) is None:
            return None
        where = ".".join(str(part) for part in error.absolute_path)
        words = f"{where}: {error.message}" if where else error.message
        return f"Getting model response error: 422 - Value error, {words[:500]}"

    def unknown(self, model: Model, parameters: Mapping[str, Any]) -> list[str]:
        """Parameters that the model does not know."""
        return sorted(set(parameters) - set(self.schema(model)["properties"]))


@cache
def _validator(model: Model, drift: bool) -> Any:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(_schema(model, drift))


@cache
def _schema(model: Model, drift: bool) -> Mapping[str, Any]:
    properties: dict[str, Any] = {}
    for name, facts in model.parameters.items():
        later = model.later.get(name) if drift else None
        if later == "removed":
            continue
        properties[name] = _property(name, facts, order=len(properties)) | ({"enum": later} if later else {})
    return {
        "type": "object",
        "title": model.title,
        "properties": properties,
        "required": list(model.required),
        "basic": [
            name for name in properties if name in ("prompt", "duration", "resolution", "aspect_ratio")
        ],
    }


def _property(name: str, facts: Mapping[str, Any], *, order: int) -> dict[str, Any]:
    shown = {key: value for key, value in facts.items() if key != "media"}
    shown |= {"title": name.replace("_", " ").capitalize(), "x-order": order}
    if media := facts.get("media"):
        shown["renderType"] = _RENDERED[media]
    return shown
