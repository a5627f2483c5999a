"""What people read about a bad recipe, byte for byte. `REEL_GOLDEN=write` writes what is printed now."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dsl.compile import compile_recipe
from dsl.diagnostics import RecipeError, picture
from tests.dsl.recipes import LTX, PlainFacts, fresher

FOLDER = Path(__file__).parent / "recipes"
NAMES = sorted(path.stem for path in FOLDER.glob("*.toml"))


def _facts(name: str) -> PlainFacts:
    """Facts; recipes named `fresher_…` are read beside a fresher copy of a model's schema."""
    return PlainFacts(models={LTX: fresher()} if name.startswith("fresher_") else {})


def _printed(name: str) -> str:
    path = FOLDER / f"{name}.toml"
    try:
        graph = compile_recipe(path, _facts(name), file=path.name)
    except RecipeError as error:
        found, sources = error.diagnostics, error.sources
    else:
        found, sources = graph.findings, dict(graph.sources)
    return "\n".join(picture(each, sources[each.span.file]) + "\n" for each in found)


@pytest.mark.parametrize("name", NAMES)
def test_a_bad_recipe_is_explained_to_the_byte(name: str) -> None:
    """The words, places, carets and helps of a bad recipe are those that were agreed on."""
    expected = FOLDER / f"{name}.txt"
    printed = _printed(name)
    if os.environ.get("REEL_GOLDEN") == "write":
        expected.write_text(printed, encoding="utf-8")

    assert expected.read_text(encoding="utf-8") == printed


def test_there_are_enough_bad_recipes() -> None:
    """At least forty bad recipes are explained, of the families RM1, RM2, RM3, RM4 and RM5."""
    codes = {
        line.split("[")[1][:3]
        for name in NAMES
        for line in (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()
        if line.startswith(("error[", "warning[", "note["))
    }

    assert len(NAMES) >= 40
    assert codes >= {"RM1", "RM2", "RM3", "RM4", "RM5"}


def test_ten_mistakes_are_ten_findings() -> None:
    """Ten mistakes of different kinds give exactly ten findings, each on the line that says so."""
    path = FOLDER / "wrong.toml"
    with pytest.raises(RecipeError) as caught:
        compile_recipe(path, PlainFacts(), file=path.name)
    lines = path.read_text(encoding="utf-8").splitlines()
    wanted = [(number, line.split("# ")[-1]) for number, line in enumerate(lines, 1) if "# RM" in line]

    assert [(each.span.line, each.code) for each in caught.value.diagnostics] == wanted
    assert len({code for _, code in wanted}) == 10
