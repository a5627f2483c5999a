"""Included files: what they bring, in which order, and which may not be included."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsl.compile import Overrides
from dsl.values import LocalMedia
from tests.dsl.recipes import Bench

PLATE = '[steps.plate]\nuses = "text-to-image"\nfor_each = "shots"\nprompt = "${shot.action} ${shot.light}"\n'


def _put(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def _shot(name: str, light: str = "") -> str:
    return f'[[shots]]\nid = "{name}"\naction = "{name} happens"\n{light and f"""light = "{light}" """}\n'


def test_shots_follow_the_list_and_then_the_recipe(bench: Bench) -> None:
    """Shots of included files come in the order of the list, each after what its file includes itself."""
    shots = {name: _shot(name, "dim") for name in ("a", "b", "c")}
    _put(bench.folder, {"1.toml": 'include = ["3.toml"]\n' + shots["b"], "3.toml": shots["a"]})
    _put(bench.folder, {"2.toml": shots["c"]})
    graph = bench.graph('include = ["1.toml", "2.toml"]\n' + _shot("d", "dim") + PLATE)

    assert graph.shots == ("a", "b", "c", "d")
    assert [str(address) for address in graph.instances] == ["plate/a", "plate/b", "plate/c", "plate/d"]


def test_defaults_for_shots_are_those_of_their_own_file(bench: Bench) -> None:
    """`[defaults.shots]` speaks to the shots of its own file and to no others."""
    _put(bench.folder, {"1.toml": '[defaults.shots]\nlight = "noon"\n' + _shot("a") + _shot("b", "dusk")})
    text = 'include = ["1.toml"]\n[defaults.shots]\nlight = "night"\n' + _shot("c") + PLATE
    prompts = [each.params["prompt"] for each in bench.graph(text).instances.values()]

    assert prompts == ["a happens noon", "b happens dusk", "c happens night"]


def test_media_are_relative_to_the_recipe(bench: Bench) -> None:
    """A path in an included file begins at the recipe's folder, wherever that file lies."""
    _put(bench.folder, {"sets/cast.toml": '[cast.mira]\nimage = "refs/mira.png"\n'})
    text = 'include = ["sets/cast.toml"]\n[steps.clip]\nuses = "image-to-video"\nprompt = "x"\n'
    graph = bench.graph(text + 'input_image = "${cast.mira.image}"\n')
    (clip,) = graph.instances.values()

    assert clip.params["input_image"] == LocalMedia(
        bench.folder / "refs" / "mira.png", "refs/mira.png", "image"
    )


def test_an_included_file_may_bring_everything(bench: Bench) -> None:
    """Values, defaults, steps and shots may all be included, and values of it may be set from outside."""
    _put(
        bench.folder,
        {
            "all.toml": '[vars]\nmood = "dawn"\n[defaults.text-to-image]\nnum_inference_steps = 4\n'
            + _shot("a", "${vars.mood}")
            + PLATE
        },
    )
    graph = bench.graph('include = ["all.toml"]\n', Overrides(vars={"mood": "dusk"}))
    (plate,) = graph.instances.values()

    assert plate.params["prompt"] == "a happens dusk"
    assert plate.params["num_inference_steps"] == 4
    assert plate.span.file == "all.toml"
    assert set(graph.sources) == {"film.toml", "all.toml"}


def test_included_cast_and_style_may_stay_unused(bench: Bench) -> None:
    """Only the recipe's own cast and style are called unused: a library serves several films."""
    own = '[cast.bob]\nlook = "x"\n'
    _put(bench.folder, {"cast.toml": '[cast.mira]\nlook = "x"\n[style]\nnoir = "y"\n'})
    text = 'include = ["cast.toml"]\n' + own + '[steps.c]\nuses = "text-to-image"\nprompt = "x"\n'

    assert bench.codes(text) == ["RM220"]


def test_a_file_included_by_two_is_read_once(bench: Bench) -> None:
    """Two scenes may include the same cast."""
    _put(
        bench.folder,
        {
            "cast.toml": '[cast.mira]\nlook = "red"\n',
            "1.toml": 'include = ["cast.toml"]\n' + _shot("a", "${cast.mira.look}"),
            "2.toml": 'include = ["cast.toml"]\n' + _shot("b", "${cast.mira.look}"),
        },
    )

    assert bench.codes('include = ["1.toml", "2.toml"]\n' + PLATE) == []


def test_defaults_of_a_kind_may_come_from_several_files(bench: Bench) -> None:
    """Different defaults for one kind are joined; one default defined twice is an error."""
    _put(bench.folder, {"d.toml": "[defaults.text-to-image]\nnum_inference_steps = 4\n"})
    text = 'include = ["d.toml"]\n[steps.c]\nuses = "text-to-image"\nprompt = "x"\n'

    assert bench.codes(text + '[defaults.text-to-image]\noutput_format = "png"\n') == []
    assert bench.codes(text + "[defaults.text-to-image]\nnum_inference_steps = 5\n") == ["RM118"]


@pytest.mark.parametrize("where", ["file", "folder"])
def test_a_link_is_not_followed(bench: Bench, tmp_path_factory: pytest.TempPathFactory, where: str) -> None:
    """A link below the recipe's folder that leads out of it includes nothing."""
    outside = tmp_path_factory.mktemp("outside")
    _put(outside, {"cast.toml": '[cast.mira]\nlook = "red"\n'})
    (bench.folder / "in").symlink_to(outside if where == "folder" else outside / "cast.toml")
    name = "in/cast.toml" if where == "folder" else "in"

    assert bench.codes(f'include = ["{name}"]\n[steps.c]\nuses = "text-to-image"\nprompt = "x"\n') == [
        "RM502"
    ]


def test_includes_have_a_depth_and_a_size(bench: Bench) -> None:
    """Eight files within each other are allowed and nine are not; nor are more than 64, or a megabyte."""
    step = '[steps.c]\nuses = "text-to-image"\nprompt = "x"\n'
    for n in range(1, 9):
        _put(bench.folder, {f"{n}.toml": f'include = ["{n + 1}.toml"]\n'})
    _put(bench.folder, {"9.toml": ""})

    assert bench.codes('include = ["2.toml"]\n' + step) == []
    assert bench.codes('include = ["1.toml"]\n' + step) == ["RM121"]

    _put(bench.folder, {f"p{n}.toml": "" for n in range(70)})
    names = ", ".join(f'"p{n}.toml"' for n in range(70))

    assert set(bench.codes(f"include = [{names}]\n{step}")) == {"RM121"}

    _put(bench.folder, {f"p{n}.toml": "#" * 250_000 for n in range(6)})

    assert set(bench.codes(f"include = [{names}]\n{step}")) == {"RM121"}


def test_names_in_a_file_that_is_not_there_are_not_called_unknown(bench: Bench) -> None:
    """One mistake is one finding: without the cast file, nothing is said of the cast."""
    text = 'include = ["cats.toml"]\n[steps.c]\nuses = "text-to-image"\nprompt = "${cast.mira.look}"\n'

    assert bench.codes(text) == ["RM501"]
    assert bench.codes("titel = 1\n" + text) == ["RM101", "RM501"]
