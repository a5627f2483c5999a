"""Joins over any axes, against the rule written out plainly."""

from __future__ import annotations

import os
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsl.compile import Overrides
from tests.dsl.recipes import Bench

TRIALS = float(os.environ.get("REEL_TRIALS", "1"))

_LABELS = st.lists(st.sampled_from(["a", "b", "c", "1", "2"]), min_size=1, max_size=3, unique=True)
_AXES = st.dictionaries(st.sampled_from(["art", "look", "zoom"]), _LABELS, max_size=2)
_SHOTS = ("010", "020")


def _step(name: str, axes: dict[str, list[str]], rest: str) -> str:
    matrix = "".join(
        f"matrix.{key} = {labels!r}\n".replace("'", '"') for key, labels in axes.items() if key != "shot"
    )
    each = 'for_each = "shots"\n' if "shot" in axes else ""
    return f'[steps.{name}]\n{each}{matrix}prompt = "x"\n{rest}'


def _points(axes: dict[str, list[str]]) -> list[dict[str, str]]:
    """Every point, the shot first and the other axes by the alphabet."""
    keys = sorted(axes, key=lambda key: (key != "shot", key))
    return [dict(zip(keys, labels, strict=True)) for labels in product(*(axes[key] for key in keys))]


def _name(step: str, point: dict[str, str]) -> str:
    return f"{step}/{','.join(point.values())}" if point else step


@settings(max_examples=max(10, int(150 * TRIALS)), deadline=None)
@given(ours=_AXES, theirs=_AXES, shots=st.tuples(st.booleans(), st.booleans()), takes=st.integers(1, 3))
def test_a_reference_means_the_instances_that_share_every_label_they_can(
    tmp_path_factory: pytest.TempPathFactory,
    ours: dict[str, list[str]],
    theirs: dict[str, list[str]],
    shots: tuple[bool, bool],
    takes: int,
) -> None:
    """Whatever the axes of two steps, the join is the filter on equal labels, in order, or an error."""
    ours = {"shot": [*_SHOTS], **ours} if shots[0] else ours
    theirs = {"shot": [*_SHOTS], **theirs} if shots[1] else theirs
    bench = Bench(tmp_path_factory.mktemp("film"))
    text = "".join(f'[[shots]]\nid = "{shot}"\n' for shot in _SHOTS)
    text += _step("one", theirs, f'uses = "text-to-image"\ntakes = {takes}\n')
    model = 'uses = "generate"\nmodel = "kling-video-o1-reference-to-video"\n'
    text += _step("two", ours, model + 'input_image = ["${one.image}"]\n')
    left = theirs.keys() - ours.keys()
    missing = any(set(ours[axis]) - set(theirs[axis]) for axis in ours.keys() & theirs.keys())

    if missing or len(left) > 1:
        assert {code for code in bench.codes(text) if code != "RM353"} <= {"RM213", "RM217"}
        assert bench.codes(text)
        return
    circled = {_name("one", point): takes for point in _points(theirs)}
    graph = bench.graph(text, Overrides(circled=circled))
    found = {str(a): [str(each) for each in i.inputs] for a, i in graph.instances.items() if a.step == "two"}
    take = f"@{takes}" if takes > 1 else ""

    assert found == {
        _name("two", here): [
            _name("one", there) + take
            for there in _points(theirs)
            if all(here[axis] == there[axis] for axis in here.keys() & there.keys())
        ]
        for here in _points(ours)
    }
    assert len(graph.instances) == len(_points(ours)) + takes * len(_points(theirs))
