"""Seeds are derived by the rule in docs/seeds.md."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from dsl.compile import Overrides
from dsl.seeds import MAXIMUM, derive_seed
from tests.dsl.recipes import Bench

PAGE = (Path(__file__).parents[2] / "docs" / "seeds.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (\d+) \| `(film|shot:[^`]+)` \| (\d+) \| (\d+) \|$", re.MULTILINE)


def test_the_fixed_vectors_hold() -> None:
    """Every vector in the documentation is what the code derives."""
    vectors = ROW.findall(PAGE)
    derived = [
        str(derive_seed(int(root), None if place == "film" else place.removeprefix("shot:"), int(take)))
        for root, place, take, _ in vectors
    ]

    assert len(vectors) >= 8
    assert derived == [seed for *_, seed in vectors]


def test_the_documented_code_is_the_derivation() -> None:
    """The Python shown in the documentation derives the same seeds."""
    code = PAGE.partition("```python\n")[2].partition("```")[0]
    names: dict[str, object] = {}
    exec(compile(code, "seeds.md", "exec"), names)
    documented = names["derive_seed"]

    assert callable(documented)
    assert documented(4100, "shot:010", 2) == derive_seed(4100, "010", 2)


@given(st.integers(0, 10**18), st.none() | st.text(max_size=8), st.integers(1, 999))
def test_a_seed_is_in_every_models_range(root: int, shot: str | None, take: int) -> None:
    """A seed is from 0 to 2^31 - 1."""
    assert 0 <= derive_seed(root, shot, take) <= MAXIMUM == 2**31 - 1


def test_a_shot_called_film_has_a_seed_of_its_own() -> None:
    """A step made once and the shot `film` do not share a seed."""
    assert derive_seed(0, None) != derive_seed(0, "film")


def test_a_seed_that_is_written_is_kept(bench: Bench) -> None:
    """A recipe's own seed for a step is sent as it is; without one it is derived from the root seed."""
    step = '[steps.{}]\nuses = "text-to-image"\nprompt = "x"\n'
    text = step.format("a") + step.format("b") + "seed = 5\n"
    seeds = [each.params["seed"] for each in bench.graph(text, Overrides(seed=9)).instances.values()]

    assert seeds == [derive_seed(9, None), 5]
