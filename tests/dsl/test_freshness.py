"""Parameters judged by two schemas of one model."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from dsl.catalog import Model, model
from dsl.compile import compile_recipe
from dsl.freshness import Judges, widened
from dsl.parameters import check_parameters
from tests.dsl.recipes import LTX, Bench, PlainFacts, fresher

GOOD: dict[str, Any] = {"prompt": "x"}


def bundled() -> Model:
    """The bundled model."""
    found = model(LTX)
    assert found is not None
    return found


def judged(fresh: Model, params: dict[str, Any]) -> list[tuple[str, str]]:
    """Code and parameter of each finding."""
    return [(each.code, str(each.parameter[0])) for each in Judges(bundled(), fresh).check(params)]


@pytest.mark.parametrize(
    "params",
    [
        {}, GOOD, GOOD | {"duration": 8}, GOOD | {"duration": 12}, GOOD | {"promt": 1, "seed": 3},
        GOOD | {"fps": 24.0, "resolution": "4K", "camera_motion": "static"}, {"duration": float("nan")},
    ],
)  # fmt: skip
def test_two_schemas_that_agree_are_one(params: dict[str, Any]) -> None:
    """Where a copy says what the bundled schema says, the findings are those of the bundled one alone."""
    same = replace(bundled(), as_of="2026-11-21", later={})

    assert Judges(bundled(), same).check(params) == check_parameters(bundled(), params)


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({"tier": "pro"}, [("RM305", "prompt"), ("RM315", "tier")]),
        (GOOD, [("RM316", "tier")]),
        (GOOD | {"tier": "pro"}, [("RM315", "tier")]),
        (GOOD | {"tier": "odd"}, [("RM302", "tier")]),
        (GOOD | {"tier": "pro", "duration": 7}, [("RM315", "duration"), ("RM315", "tier")]),
        (GOOD | {"tier": "pro", "duration": 9}, [("RM315", "tier"), ("RM316", "duration")]),
        (GOOD | {"tier": "pro", "duration": 11}, [("RM302", "duration"), ("RM315", "tier")]),
        (GOOD | {"tier": "pro", "seed": 1}, [("RM307", "seed"), ("RM315", "tier")]),
    ],
)
def test_only_what_both_refuse_is_an_error(params: dict[str, Any], found: list[tuple[str, str]]) -> None:
    """What one of the two allows is a warning, in either direction; what neither allows is an error."""
    assert sorted(judged(fresher(), params)) == found


def test_a_requirement_that_was_dropped_is_a_warning() -> None:
    """A parameter that only the bundled schema asks for is no error when it is missing."""
    assert judged(replace(fresher(), required=()), {}) == [("RM315", "prompt")]


def test_parameters_that_only_the_copy_has_can_be_written(bench: Bench) -> None:
    """A new parameter takes media as any other, and reaches the instance as a medium."""
    path = bench.write(
        '[steps.a]\nuses = "image-to-video"\nprompt = "x"\ninput_image = "a.png"\nmid_image = "b.png"\n'
    )
    graph = compile_recipe(path, PlainFacts(models={LTX: fresher()}))
    (instance,) = graph.instances.values()

    assert {name: type(value).__name__ for name, value in instance.params.items()} == {
        "prompt": "str", "input_image": "LocalMedia", "mid_image": "LocalMedia",
    }  # fmt: skip
    assert widened(bundled(), bundled()) is bundled()
