"""The JSON Schema of the language: sound, complete, and true of every good recipe."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from dsl import kinds
from dsl.recipe import STEP_KEYS
from dsl.schema import language
from dsl.shape import Top

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden" / "recipes"
SCHEMA = language()
VALIDATOR = Draft202012Validator(SCHEMA)
FENCE = re.compile(r"^```toml\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def _good() -> list[Any]:
    """Every recipe that is shipped, and every whole one in the documentation."""
    found = {path.stem: path.read_text("utf-8") for path in ROOT.glob("recipes/*/*.toml")}
    for page in (*ROOT.glob("docs/*.md"), ROOT / "README.md"):
        texts = (text for text in FENCE.findall(page.read_text("utf-8")) if "schema =" in text)
        found |= {f"{page.stem}-{index}": text for index, text in enumerate(texts)}
    return [pytest.param(text, id=name) for name, text in found.items()]


def _keys(schema: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every key that the schema names, with what it says of it."""
    if isinstance(schema, dict):
        for name, inner in schema.get("properties", {}).items():
            yield f"{path}/{name}", inner
        for name, inner in schema.items():
            yield from _keys(inner, f"{path}/{name}")
    elif isinstance(schema, list):
        for index, inner in enumerate(schema):
            yield from _keys(inner, f"{path}/{index}")


def test_it_is_a_json_schema() -> None:
    """The schema is valid by the metaschema of draft 2020-12, and is JSON."""
    Draft202012Validator.check_schema(SCHEMA)

    assert json.loads(json.dumps(SCHEMA)) == SCHEMA


def test_every_key_is_described() -> None:
    """Each key has a sentence that says what it is, but where it only repeats that the key is allowed."""
    silent = [
        path
        for path, each in _keys(SCHEMA)
        if each is not True and set(each) != {"const"} and not str(each.get("description", "")).endswith(".")
    ]

    assert silent == []
    assert len(list(_keys(SCHEMA))) > 100


def test_it_has_every_key_of_the_language() -> None:
    """The schema names what the reader of recipes names, and every kind of step."""
    top = {field.alias or name for name, field in Top.model_fields.items()}
    step = SCHEMA["$defs"]["step"]["properties"]

    assert set(SCHEMA["properties"]) == top
    assert set(step) == set(STEP_KEYS)
    assert set(step["uses"]["enum"]) == set(kinds.names())
    assert set(SCHEMA["properties"]["defaults"]["properties"]) == {*kinds.names(), "shots"}


@pytest.mark.parametrize("text", _good())
def test_good_recipes_are_valid(text: str) -> None:
    """Every recipe that is shipped or shown is valid."""
    assert [error.message for error in VALIDATOR.iter_errors(tomllib.loads(text))] == []


@pytest.mark.parametrize(
    "name",
    [
        "unknown_top_key",
        "misspelt_uses",
        "missing_uses",
        "wrong_for_each",
        "shot_id_is_a_number",
        "other_version",
    ],
)
def test_bad_recipes_are_marked(name: str) -> None:
    """What is wrong in shape is wrong for an editor, too."""
    data = tomllib.loads((GOLDEN / f"{name}.toml").read_text("utf-8"))

    assert list(VALIDATOR.iter_errors(data))


@pytest.mark.parametrize(
    ("line", "good"),
    [
        ("fps = 24", True),
        ('fps = "${vars.fps}"', True),
        ("fps = 30", False),
        ("fsp = 24", False),
        ("fsp = 24\nmodel = 'wan-v2-7-image-to-video'", True),
        ("duration = 7", True),
        ("takes = 3\ngate = true\nmatrix.look = ['a', 1]", True),
        ("takes = 0", False),
        ("gate = 1", False),
        ("matrix = ['a']", False),
    ],
)
def test_parameters_are_those_of_the_kind(line: str, good: bool) -> None:
    """A step's parameters are judged by the model it uses unless another is named; references may stand."""
    text = f'schema = "reelmake/1"\n[steps.c]\nuses = "image-to-video"\nprompt = "x"\n{line}\n'

    assert VALIDATOR.is_valid(tomllib.loads(text)) == good
