"""The recipes of the project, each rehearsed in full and small."""

from __future__ import annotations

import json
import shutil
from fractions import Fraction
from pathlib import Path

import pytest

from runner.media.probe import probe
from tests.cli.conftest import ROOT, Reel

RECIPES = sorted((ROOT / "recipes").glob("*/*.toml"))
FILMS = {
    "liftoff": {"film": ("LFT_film.mp4", 556, True)},
    "one-shot": {"clip": ("one-shot_clip.mp4", 150, True)},
    "restyle-a-clip": {"film": ("TWR_film.mp4", 97, True), "edges": ("TWR_edges.mp4", 96, False)},
}
SMALL = ("--proxy", "64")


def test_every_recipe_is_told_here() -> None:
    """No recipe is without a test."""
    assert [path.stem for path in RECIPES] == sorted(FILMS)


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.stem)
def test_a_recipe_becomes_its_film(recipe: Path, reel: Reel, folder: Path) -> None:
    """A rehearsal delivers what plan said, to the frame; the next one has nothing to do."""
    shutil.copytree(ROOT / "recipes", folder / "recipes", ignore=shutil.ignore_patterns(".reel", "out"))
    name = f"recipes/{recipe.stem}/{recipe.name}"
    out = folder / "recipes" / recipe.stem / "out/rehearsal"

    assert reel("check", name).status == 0
    made = reel("rehearse", name, *SMALL)
    plan = json.loads(reel("plan", name, *SMALL, "--provider", "animatic", "--json").out)
    again = reel("rehearse", name, *SMALL)

    assert (made.status, again.status) == (0, 0), made.err
    for output, (file, frames, sound) in FILMS[recipe.stem].items():
        facts = probe(out / file)
        assert facts.frames == frames
        assert f"{output}  {out / file}" in made.out
        assert (facts.sound is not None) == sound
    file, frames, _ = next(iter(FILMS[recipe.stem].values()))
    assert plan["totals"]["film_frames"] == frames
    assert plan["totals"]["film_seconds"] == pytest.approx(float(probe(out / file).seconds or 0), abs=1e-6)
    assert {instance["verdict"] for instance in plan["instances"]} == {"reuse"}
    assert again.out.startswith(f"nothing to do: {len(plan['instances'])} instance")
    assert "start " not in again.err


def test_sound_ends_with_the_picture(reel: Reel, folder: Path) -> None:
    """A film's sound is as long as its picture, to the sample."""
    shutil.copytree(
        ROOT / "recipes/restyle-a-clip", folder / "clip", ignore=shutil.ignore_patterns(".reel", "out")
    )

    reel("rehearse", "clip/restyle-a-clip.toml", *SMALL)

    facts = probe(folder / "clip/out/rehearsal/TWR_film.mp4")
    assert facts.sound is not None
    assert facts.sound.samples is not None
    assert facts.seconds is not None
    assert abs(Fraction(facts.sound.samples, facts.sound.sample_rate) - facts.seconds) <= Fraction(1, 48_000)


def test_the_starter_recipe_is_small(reel: Reel, folder: Path) -> None:
    """Only what an output needs is made: with --only, one shot of a film."""
    reel("init", "first")

    ended = reel("rehearse", "first/film.toml", "--only", "clip/010", *SMALL, "--json")

    made = [json.loads(line) for line in ended.out.splitlines()]
    assert [event["address"] for event in made if event["event"] == "instance_finished"] == ["clip/010"]
    assert ended.status == 0
    assert (folder / "first").is_dir()


def test_a_failed_shot_says_so(reel: Reel, tiny: Path) -> None:
    """A shot that cannot be made ends in status 1 and is named, and its siblings are made."""
    (tiny.parent / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 64)
    text = tiny.read_text("utf-8").replace(
        'id = "030"\nstart = "board.jpg"', 'id = "030"\nstart = "broken.png"'
    )
    tiny.write_text(text, "utf-8")

    ended = reel("rehearse", tiny.name, *SMALL)

    assert ended.status == 1
    assert "error: plate/030 failed: " in ended.err
    assert "Traceback" not in ended.err
    assert "done     trimmed/020" in ended.err


def test_an_unavailable_provider_starts_nothing(
    reel: Reel, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`reel run` with a provider that is not there ends with 2, names rehearse, and leaves nothing."""
    monkeypatch.delenv("OXEN_API_KEY")
    before = sorted(tiny.parent.rglob("*"))

    ended = reel("run", tiny.name)

    assert ended.status == 2
    assert "reel rehearse" in ended.err
    assert sorted(tiny.parent.rglob("*")) == before
