"""Pictures of what is wrong with texts that are not TOML, byte for byte.

`REEL_GOLDEN=write` writes them anew; read the difference before committing it.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dsl.diagnostics import RecipeError, picture
from dsl.document import Document

GOLDEN = Path(__file__).parents[1] / "golden" / "syntax"
RECIPES = sorted(GOLDEN.glob("*.toml"))


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.stem)
def test_the_pictures_are_as_recorded(recipe: Path) -> None:
    """Every mistake of a broken recipe is drawn as it always was."""
    with pytest.raises(RecipeError) as caught:
        Document.load(recipe, recipe.name)
    text = caught.value.sources[recipe.name]
    drawn = "\n\n".join(picture(diagnostic, text) for diagnostic in caught.value.diagnostics) + "\n"
    expected = recipe.with_suffix(".txt")
    if os.environ.get("REEL_GOLDEN") == "write":
        expected.write_bytes(drawn.encode())

    assert drawn.encode() == expected.read_bytes()


def test_every_picture_has_its_recipe() -> None:
    """No recorded picture is left of a recipe that is gone."""
    assert sorted(path.stem for path in GOLDEN.glob("*.txt")) == [path.stem for path in RECIPES]
    assert len(RECIPES) >= 12
