"""Flags that mean the same in every command."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from runner.cli.app import COMMANDS
from tests.cli.conftest import PICTURE, Reel

MANY = (
    'schema = "reelmake/1"\n[steps.card]\nuses = "text-to-image"\nfor_each = "shots"\nprompt = "${shot.id}"\n'
)


def instances(reel: Reel, *arguments: str) -> dict[str, Any]:
    """The plan's instances by address."""
    ended = reel("plan", *arguments, "--json")
    assert ended.status == 0, ended.err
    return {one["address"]: one for one in json.loads(ended.out)["instances"]}


def test_set_gives_a_value_another_value(reel: Reel, tiny: Path) -> None:
    """`--set` replaces a value of [vars], and the last one of a name counts."""
    shown = reel("show", tiny.name, "plate/010", "--set", "mood=noon", "--set", "mood=a = b")

    assert 'prompt = "a rocket waits, a = b"' in shown.out


def test_seed_replaces_the_root_seed(reel: Reel, tiny: Path) -> None:
    """`--seed` stands in for the recipe's own."""
    assert "seed     4100\n" in reel("show", tiny.name, "--seed", "4100").out


def test_provider_replaces_every_provider(reel: Reel, tiny: Path) -> None:
    """`--provider` is used for every step that needs one, and for no local step."""
    found = {one["provider"] for one in instances(reel, tiny.name, "--provider", "animatic").values()}

    assert found == {"animatic", None}


def test_an_unknown_provider_is_named(reel: Reel, tiny: Path) -> None:
    """A provider that is not there ends with status 2, naming those that are."""
    ended = reel("plan", tiny.name, "--provider", "nosuch")

    assert (ended.status, ended.out) == (2, "")
    assert ended.err.startswith('error: there is no provider "nosuch"; there are: animatic, oxen')


def test_media_elsewhere_need_leave(reel: Reel, tiny: Path) -> None:
    """A file outside the recipe's folder may be read only under `--allow-root`."""
    elsewhere = tiny.parent / "elsewhere"
    project = tiny.parent / "project"
    elsewhere.mkdir()
    project.mkdir()
    shutil.copyfile(PICTURE, elsewhere / "board.jpg")
    recipe = project / "film.toml"
    recipe.write_text(tiny.read_text("utf-8").replace("board.jpg", "../elsewhere/board.jpg"), "utf-8")

    assert reel("check", str(recipe)).status == 2
    assert reel("check", str(recipe), "--allow-root", str(elsewhere)).status == 0


def test_a_large_recipe_needs_leave(reel: Reel, folder: Path) -> None:
    """More than 1,000 instances are refused unless `--allow-large`."""
    recipe = folder / "large.toml"
    recipe.write_text(MANY + "".join(f'[[shots]]\nid = "{n}"\n' for n in range(1001)), "utf-8")

    refused = reel("check", "large.toml")

    assert refused.status == 2
    assert "--allow-large" in refused.out
    assert reel("check", "large.toml", "--allow-large").out.endswith("1001 shots, 1001 instances\n")


def test_how_an_animatic_is_drawn_is_in_its_key(reel: Reel, tiny: Path) -> None:
    """Size and slate change what is made, and so its key."""
    keys = {
        instances(reel, tiny.name, "--provider", "animatic", *drawn)["plate/010"]["key"]
        for drawn in ((), ("--proxy", "64"), ("--full-size",), ("--no-slate",))
    }

    assert len(keys) == 4
    assert None not in keys


def test_proxy_and_full_size_contradict_each_other(reel: Reel, tiny: Path) -> None:
    """Both at once end with status 2."""
    ended = reel("plan", tiny.name, "--proxy", "64", "--full-size")

    assert ended.status == 2
    assert "contradict each other" in ended.err


def test_films_go_where_out_says(reel: Reel, tiny: Path) -> None:
    """`--out` is where films are delivered, in place of out/ beside the recipe."""
    ended = reel("rehearse", tiny.name, "--proxy", "64", "--out", "my films")

    assert ended.status == 0
    assert (tiny.parent / "my films/TNY_film.mp4").is_file()
    assert not (tiny.parent / "out").exists()


def test_only_confines_a_plan(reel: Reel, tiny: Path) -> None:
    """`--only` is about an instance, or the instances of a step, and what they need."""
    one = instances(reel, tiny.name, "--provider", "animatic", "--only", "trimmed/020")
    step = instances(reel, tiny.name, "--provider", "animatic", "--only", "plate")

    assert set(one) == {"plate/010", "trimmed/010", "plate/020", "trimmed/020"}
    assert set(step) == {"plate/010", "trimmed/010", "plate/020", "plate/030"}


def test_only_of_nothing_that_is_there(reel: Reel, tiny: Path) -> None:
    """`--only` of an address that the recipe has not ends with status 2."""
    ended = reel("plan", tiny.name, "--only", "plait/010")

    assert ended.status == 2
    assert 'did you mean "plate/010"?' in ended.err


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, reel: Reel) -> None:
    """Help ends with status 0 and explains every option."""
    ended = reel(command, "--help")

    assert ended.status == 0
    assert f"Usage: reel {command}" in ended.out
    assert "--help" in ended.out
