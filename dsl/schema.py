"""The JSON Schema of the language, for editors: every key with its type and a description.

An editor can know less than `reel check`: it sees no references, no files and no other models than those that
kinds of step use unless told otherwise. What it refuses, `check` refuses too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from dsl import catalog, kinds
from dsl.kinds import Kind, KindError
from dsl.schema_words import KINDS, SHOT, STEP, TOP, parameter
from dsl.shape import FILE_NAME, Part, ShotShape, StepShape, Top

Schema = dict[str, Any]

_NAME = r"^[A-Za-z_][A-Za-z0-9_-]{0,63}$"
_REFERENCE: Schema = {"type": "string", "pattern": r"\$\{"}
_FACTS = (
    *("type", "enum", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "pattern"),
    *("anyOf", "minItems", "maxItems"),
)


def language() -> Schema:
    """The schema of a recipe file, draft 2020-12."""
    described = _described(Top, TOP)
    found = {name: _kind(name) for name in kinds.names()}
    described["steps"] |= {
        "propertyNames": {"pattern": _NAME},
        "additionalProperties": {"$ref": "#/$defs/step"},
    }
    described["defaults"] |= {
        "properties": {
            **{
                name: _table(_parameters(kind), KINDS.get(name, f"Defaults for {name}."))
                for name, kind in found.items()
            },
            "shots": _table({}, "Fields of every shot of this file that does not set them."),
        },
        "additionalProperties": False,
    }
    described["shots"] |= {"items": _table(_described(ShotShape, SHOT), SHOT[""]) | {"required": ["id"]}}
    described["outputs"] |= {
        "propertyNames": {"pattern": f"^{FILE_NAME}$"},
        "additionalProperties": _REFERENCE,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A recipe of reelmake",
        "description": TOP[""],
        "type": "object",
        "properties": described,
        "required": ["schema"],
        "anyOf": [{"required": ["steps"]}, {"required": ["include"]}],
        "additionalProperties": False,
        "$defs": {"step": _step(found)},
    }


def _step(found: Mapping[str, Kind | None]) -> Schema:
    """A step: its own keys, and the parameters that follow from what it uses."""
    own = _described(StepShape, STEP)
    own["uses"] |= {"enum": list(found)}
    own["matrix"] |= {"propertyNames": {"pattern": _NAME}}
    named = {"required": ["model"]}
    cases = []
    for name, kind in found.items():
        if kind is None or not (parameters := _parameters(kind)):
            continue
        uses: Schema = {"properties": {"uses": {"const": name}}, "required": ["uses"]}
        allowed = {**dict.fromkeys(own, True), **parameters}
        cases.append(
            {
                "if": uses if kind.local else uses | {"not": named},
                "then": {"properties": allowed, "additionalProperties": False},
            }
        )
    return _table(own, STEP[""]) | {"required": ["uses"], "allOf": cases}


def _kind(name: str) -> Kind | None:
    """A kind of step; None for a plug-in's that cannot be loaded."""
    try:
        return kinds.kind(name)
    except KindError:
        return None


def _parameters(kind: Kind | None) -> dict[str, Schema]:
    """The parameters of a local kind, or of the model that a kind uses."""
    model = catalog.model(kind.default_model) if kind and kind.default_model else None
    later: Mapping[str, Any] = model.later if model else {}
    owner = model or kind
    return {
        name: _parameter(name, schema, later.get(name))
        for name, schema in (owner.parameters if owner else {}).items()
    }


def _parameter(name: str, schema: Mapping[str, Any], later: object) -> Schema:
    """One parameter: its own form, or a reference in its place."""
    facts: Schema = {key: schema[key] for key in _FACTS if key in schema}
    if isinstance(later, list) and "enum" in facts:
        facts["enum"] = list(dict.fromkeys([*facts["enum"], *later]))
    if "media" in schema and facts.get("type") == "array":
        facts["type"] = ["string", "array"]
    forms = [facts, _REFERENCE, *([{"const": "match"}] if name == "num_frames" else [])]
    found: Schema = {"description": parameter(name, schema)}
    found |= {"anyOf": forms} if _narrow(facts) else facts
    return found | ({"default": schema["default"]} if "default" in schema else {})


def _narrow(facts: Mapping[str, Any]) -> bool:
    """Whether a form leaves no room for a reference, which is text."""
    types = facts.get("type", ())
    return "string" not in ([types] if isinstance(types, str) else types) or not {
        "enum",
        "pattern",
    }.isdisjoint(facts)


def _described(model: type[Part | ShotShape | StepShape], words: Mapping[str, str]) -> dict[str, Schema]:
    """The keys of a table as its reader knows them, each with a description for people."""
    schema = model.model_json_schema(by_alias=True)
    return {
        name: _without_null(each) | {"description": words[name]}
        for name, each in schema["properties"].items()
    }


def _without_null(schema: Mapping[str, Any]) -> Schema:
    """A key's schema for TOML, which has no null; titles say no more than names."""
    forms: Iterable[Mapping[str, Any]] = schema.get("anyOf", ())
    given = next((form for form in forms if form.get("type") != "null"), {})
    kept = {key: value for key, value in schema.items() if key not in ("anyOf", "title", "description")}
    if kept.get("default", 0) is None:
        del kept["default"]
    return {**given, **kept}


def _table(properties: Mapping[str, Schema], description: str) -> Schema:
    return {"type": "object", "description": description, "properties": dict(properties)}
