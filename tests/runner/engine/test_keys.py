"""Keys: the properties that runner/keys.py promises."""

from __future__ import annotations

import json
import os
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsl.values import Derived, LocalMedia, RemoteMedia, Value
from runner import keys
from runner.artifact import Artifact, MediaFacts
from runner.gather import gather
from runner.job import Rendition, Slug
from runner.project import RunOptions
from tests.runner.engine.fakes import World, clips, made

TRIALS = max(1, int(200 * float(os.environ.get("REEL_TRIALS", "1"))))
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)
PLAIN = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
)


def key_of(params: object, **changed: object) -> str:
    parts: dict[str, object] = {"uses": "u", "maker": {"version": 1}, "model": "m", "take": 1}
    image = keys.preimage(**{**parts, **changed, "params": {"p": params}})  # type: ignore[arg-type]
    return keys.key(image)


def media(leaf: keys.Leaf) -> object:
    assert isinstance(leaf, LocalMedia)
    return keys.content(leaf.name)


def test_types_tell_values_apart() -> None:
    """`1`, `1.0`, `true`, `"1"`, `[1]` and nothing are six values with six keys."""
    values = (1, 1.0, True, "1", [1], None)

    assert len({key_of(value) for value in values}) == len(values)


@settings(max_examples=TRIALS, deadline=None)
@given(PLAIN, PLAIN)
def test_keys_are_equal_just_when_values_are(one: Value, other: Value) -> None:
    """Different values, types included, have different keys; equal ones have the same."""
    same = _typed(one) == _typed(other)

    assert (key_of(keys.encode(one, media)) == key_of(keys.encode(other, media))) == same


@settings(max_examples=TRIALS, deadline=None)
@given(PLAIN, st.text(min_size=1))
def test_no_text_or_table_passes_for_media(value: Value, digest: str) -> None:
    """Nothing that a recipe can write has the key of a file, whatever names it uses."""
    file = LocalMedia(Path("/x"), digest, "image")

    assert key_of(keys.encode(value, media)) != key_of(keys.encode(file, media))
    forged: Value = {"$digest": digest}
    assert key_of(keys.encode(forged, media)) != key_of(keys.encode(file, media))


def test_the_order_of_parameters_does_not_matter() -> None:
    """A recipe's author may sort parameters as they like."""
    assert key_of({"a": 1, "b": 2}) == key_of({"b": 2, "a": 1})


def test_everything_that_changes_the_result_changes_the_key() -> None:
    """Kind, maker, model, a take other than the first, and the slate all count."""
    base = key_of("x")
    others = [
        key_of("x", uses="v"),
        key_of("x", maker={"version": 2}),
        key_of("x", model="n"),
        key_of("x", take=2),
        key_of("x", slate="plate/010 @1"),
    ]

    assert len({base, *others}) == 6


def test_the_first_take_has_the_key_without_takes() -> None:
    """Asking for more takes later pays for the others only."""
    image = keys.preimage(uses="u", maker={}, model=None, take=1, params={})

    assert "take" not in image


def test_a_fixed_key_stays_what_it_is() -> None:
    """The formula is fixed: if this fails, raise KEY_VERSION and say so in the changelog."""
    image = keys.preimage(
        uses="image-to-video",
        maker={"provider": "oxen@hub.oxen.ai"},
        model="ltx-2-3-pro",
        take=2,
        params={"prompt": "é", "input_image": keys.content("00" * 32), "duration": 8},
    )

    assert keys.canonical(image).isascii()
    assert keys.key(image) == "29e8ff9b5a6f74bbc08b0271f02a4e7568358d742c976e31dd1e61a3badf5fda"


def test_a_number_that_is_none_is_refused() -> None:
    """Not-a-number equals nothing, itself included, and cannot be in a key."""
    with pytest.raises(ValueError, match="not JSON compliant"):
        key_of(float("nan"))


def test_a_pre_image_can_be_read_back() -> None:
    """The pre-image is plain JSON, and survives the journal."""
    image = keys.preimage(uses="u", maker={}, model=None, take=1, params={"a": [1, 1.5, None, "é"]})

    assert keys.key(json.loads(json.dumps(image))) == keys.key(image)


def keys_of(world: World, options: RunOptions | None = None) -> dict[str, str | None]:
    plan = world.project(options).plan()
    return {str(address): planned.key for address, planned in plan.instances.items()}


def test_inserting_and_renaming_change_no_key(world: World) -> None:
    """Another shot in between, or another name for a step, leaves every key as it was."""
    board = world.file("board.png")
    for shot in ("010", "020"):
        world.recipe.add(f"plate/{shot}", {"input_image": board, "prompt": shot})
        world.recipe.deliver(shot, f"plate/{shot}")
    before = keys_of(world)
    other = World(world.folder)
    for shot in ("010", "015", "020"):
        other.recipe.add(f"shoot/{shot}", {"prompt": shot, "input_image": board})
        other.recipe.deliver(shot, f"shoot/{shot}")
    after = keys_of(other)

    assert [after["shoot/010"], after["shoot/020"]] == [before["plate/010"], before["plate/020"]]


def test_media_count_by_content_and_not_by_name(world: World) -> None:
    """A file that is renamed or copied has the same key; one that is edited has not."""
    world.recipe.add("a", {"input_image": world.file("one.png", "image 0 same")})
    world.recipe.add("b", {"input_image": world.file("two.png", "image 0 same")})
    world.recipe.add("c", {"input_image": world.file("three.png", "image 0 other")})
    for name in "abc":
        world.recipe.deliver(name, name)

    found = keys_of(world)

    assert found["a"] == found["b"] != found["c"]


def test_every_kind_of_leaf_has_a_stand_in(world: World) -> None:
    """Files, URLs, frames and slugs enter the pre-image each in a form of its own."""
    board = world.file("board.mp4", "video 2 x")
    params: dict[str, Value] = {
        "a": board,
        "b": RemoteMedia("https://example.com/b.png", "image"),
        "c": Derived(board, "last_frame"),
    }
    world.recipe.add("x", params)
    project = world.project(only=("x",))
    image = gather(project.graph.instances[project.wanted[0]], {}, project.setting).preimage["params"]

    assert image["b"] == {"$url": "https://example.com/b.png"}
    assert image["c"] == {"$derived": "last_frame", "of": image["a"], "version": 1}
    assert keys.slug(Slug("plate/010", Fraction(9, 2))) == {"$slug": "plate/010", "seconds": "9/2"}


def test_a_rehearsed_size_counts_as_what_it_comes_to(world: World) -> None:
    """A film whose size is asked for has another key at another rehearsal size; one that follows has not."""
    world.recipe.film("sized", clips("a", size="1280x720")).film("free", clips("a"))
    options = [RunOptions(provider="animatic", rendition=Rendition(side)) for side in (90, 360)]
    projects = [world.project(each, only=("sized", "free")) for each in options]
    made_of = {made("a").address: _artifact()}

    sized, free = (
        {
            gather(project.graph.instances[made(name).address], made_of, project.setting).key
            for project in projects
        }
        for name in ("sized", "free")
    )

    assert len(sized) == 2
    assert len(free) == 1


def _artifact() -> Artifact:
    return Artifact("ab" * 32, 3, MediaFacts("video", "mp4", seconds=Fraction(4)))


def _typed(value: object) -> object:
    """A value that is equal to another just when both have the same types throughout."""
    if isinstance(value, dict):
        return ("table", {name: _typed(inner) for name, inner in value.items()})
    if isinstance(value, list):
        return ("list", [_typed(inner) for inner in value])
    return (type(value).__name__, repr(value))
