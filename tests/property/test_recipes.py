"""Properties of every recipe: no traceback, and edits that change nothing they should not."""

from __future__ import annotations

import os
import random
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsl.compile import compile_recipe
from dsl.diagnostics import Diagnostic, RecipeError, as_json, picture
from dsl.graph import Graph, Instance
from dsl.reference import RESERVED
from tests.dsl.recipes import PlainFacts

TRIALS = float(os.environ.get("REEL_TRIALS", "1"))
GOLDEN = Path(__file__).parents[1] / "golden" / "recipes"

GOOD = """schema = "reelmake/1"
title  = "Harbour at dawn"
slate  = "HRB"
seed   = 4100
max_cost = 6.00

[vars]
mood = "dawn mist"
size = [1280, 720]

[cast.mira]
image = "refs/mira.png"
look  = "a woman in a deep-red parka, ${vars.mood}"

[style]
gouache = "hand-painted gouache animation"

[defaults.image-to-video]
resolution = "1080p"
fps = 24

[defaults.shots]
action = "stands"

[[shots]]
id = "010"
start  = "boards/010.png"
action = "${cast.mira.look} walks, slow push-in"

[[shots]]
id = "020"
start  = "${prev.plate.last_frame}"
plate.duration = 8
film.gain = -3.5

[[shots]]
id = "030"
start  = "boards/030.png"
action = '''close on
her hands'''
restyle.video = "footage/drone.mp4"
film = { transition = "cut", mute = true }

[steps.plate]
uses = "image-to-video"
for_each = "shots"
input_image = "${shot.start}"
prompt = "${shot.action}, ${vars.mood} $${not this}"

[steps.restyle]
uses = "reference-video-to-video"
for_each = "shots"
needs = ["still"]
input_video = "${plate.video}"
input_image = "${cast.mira.image}"
prompt = "${style.gouache}. ${shot.action}"
num_frames = "match"
video_strength = 0.6

[steps.still]
uses = "frame"
input_video = "${plate/010.video}"
at = 1.5

[steps.art]
uses = "generate"
model = "kling-video-o1-reference-to-video"
prompt = "x"
input_image = ["${still.image}", "https://example.org/a.png"]
elements = [{ frontal_image_url = "https://example.org/b.png" }]

[steps.cut]
uses = "trim"
input_video = "${next_one.video}"
end = 3

[steps.next_one]
uses = "control-video"
input_video = "footage/drone.mp4"

[steps.film]
uses = "concat"
clips = ["${cut.video}", "${restyle.video}"]
audio = "music.wav"
transition = "dissolve 0.5s"
loudness = -16
on_missing = "slug"

[outputs]
film = "${film.video}"
plates = "${plate.video}"
"""

VARIANTS = """schema = "reelmake/1"
seed = 7
[cast.mira]
image = "a.png"
look = "x"
[style]
noir = "noir style"
gouache = "gouache style"
[[shots]]
id = "010"
start = "a.png"
[[shots]]
id = "020"
start = "${prev.plate.last_frame}"
restyle.takes = 4
[steps.plate]
uses = "image-to-video"
for_each = "shots"
input_image = "${shot.start}"
prompt = "x"
gate = true
[steps.restyle]
uses = "reference-video-to-video"
for_each = "shots"
matrix.look = ["${style.noir}", "${style.gouache}"]
matrix.strength = [0.5, 1]
takes = 2
input_video = "${plate.video}"
input_image = "${cast.mira.image}"
prompt = "${matrix.look}"
strength = "${matrix.strength}"
num_frames = "match"
[steps.film]
uses = "concat"
matrix.look = ["${style.gouache}", "${style.noir}"]
clips = ["${restyle/010.video}", "${plate.video}", "${restyle/010,noir,0.5.video}"]
[outputs]
film = "${film.video}"
restyle = "${restyle.video}"
"""

_LINE = re.compile(r"^(?P<key>[A-Za-z0-9_.-]+)( *= *)(?P<value>[^'{#\n]+|\{[^#\n]*\})$", re.MULTILINE)
_NAME = re.compile(r"(?<=[{./,])[A-Za-z0-9_-]+(?=[}./,])")
_KEYS = (
    *(
        "id",
        "omit",
        "uses",
        "model",
        "provider",
        "needs",
        "without",
        "params",
        "for_each",
        "takes",
        "matrix.look",
        "restyle.takes",
        "gate",
        "include",
    ),
    *(
        "schema",
        "title",
        "seed",
        "plate",
        "plate.model",
        "plate.video",
        "film.transition",
        "film.clips",
        "art.image",
    ),
    *(
        "input_video",
        "input_image",
        "prompt",
        "num_frames",
        "clips",
        "audio",
        "transition",
        "fps",
        "duration",
        "at",
    ),
)
_VALUES = (
    *(
        '"${prev.plate.last_frame}"',
        '"${next.plate.first_frame}"',
        '"${shot.start}"',
        '"${plate.video}"',
        "[]",
    ),
    *(
        '"${film.video}"',
        '"${restyle/010,noir.video}"',
        '["a", 0.5, "${matrix.look}"]',
        '"${film.audio}"',
        '"${vars}"',
        '"${"',
        '"${}"',
        '"$${"',
        '"${plate/020.video}"',
        "{}",
    ),
    *(
        "[[]]",
        '[{ a = "${plate.video}" }]',
        "nan",
        "inf",
        "-0",
        "999999999999999999",
        "1e300",
        "true",
        "1979-05-27",
    ),
    *(
        "07:32:00",
        '""',
        '"\\u0000"',
        '"\\U0010FFFF"',
        '"é"',
        '"../../etc/passwd"',
        '"http://a/b"',
        '"match"',
        "8",
        "24",
    ),
    *(
        '"https://[::1"',
        '"concat"',
        '"trim"',
        '"generate"',
        '"text-to-image"',
        '"z-image-turbo"',
        '["plate"]',
        '"frame"',
    ),
    *(
        '["film"]',
        '"${restyle.video}"',
        '"${matrix.look}"',
        '"${recipe.title}"',
        '"${cast.mira}"',
        '"shots"',
        '"020"',
    ),
    *(
        '["${plate.video}", ["${restyle.video}"]]',
        '"image-to-video"',
        '"ltx-2-3-pro"',
        '{ duration = 8, fps = "x" }',
    ),
    *(
        '"dissolve 9s"',
        '"fade 1f"',
        "0.1",
        "-1",
        '["fps"]',
        '"${still.image}"',
        '"a.wav"',
        '"none.png"',
        '"a.txt"',
    ),
)


def _looked_at(path: Path) -> tuple[Graph | None, tuple[Diagnostic, ...], str]:
    try:
        graph = compile_recipe(path, PlainFacts(), file=path.name)
    except RecipeError as error:
        return None, error.diagnostics, error.sources[path.name]
    return graph, graph.findings, graph.sources[path.name]


def _broken(chance: random.Random, texts: list[str]) -> str:
    """A recipe with one to five things changed, mostly so that it stays TOML."""
    text = chance.choice(texts)
    for _ in range(chance.randint(1, 5)):
        lines = list(_LINE.finditer(text))
        names = list(_NAME.finditer(text))
        kind = chance.random()
        if kind < 0.4 and lines:
            value = chance.choice(lines)["value"] if chance.random() < 0.4 else chance.choice(_VALUES)
            text = _put(text, chance.choice(lines), "value", value)
        elif kind < 0.55 and lines:
            key = chance.choice(lines)["key"] if chance.random() < 0.4 else chance.choice(_KEYS)
            text = _put(text, chance.choice(lines), "key", key)
        elif kind < 0.75 and names:
            text = _put(text, chance.choice(names), 0, chance.choice(names)[0])
        elif kind < 0.95 and lines:
            line = chance.choice(lines)
            rest = _put(text, line, 0, "")
            at = rest.find("\n", chance.randrange(len(rest) or 1)) + 1
            text = chance.choice((rest, rest[:at] + line[0] + "\n" + rest[at:]))
        else:
            at = chance.randrange(len(text) or 1)
            text = text[:at] + chance.choice(("", *'"[]{}=.,#$\\\n')) + text[at + chance.randint(0, 2) :]
    return text


def _put(text: str, found: re.Match[str], group: str | int, new: str) -> str:
    return text[: found.start(group)] + new + text[found.end(group) :]


@pytest.mark.parametrize("chunk", range(10))
def test_a_broken_recipe_gives_findings_and_no_traceback(chunk: int, tmp_path: Path) -> None:
    """Each of thousands of broken recipes compiles or is explained, at places that are in the file."""
    chance = random.Random(chunk)
    texts = [GOOD, VARIANTS, *(each.read_text(encoding="utf-8") for each in sorted(GOLDEN.glob("*.toml")))]
    path = tmp_path / "film.toml"
    for _ in range(int(500 * TRIALS)):
        path.write_text(_broken(chance, texts[:2] * 20 + texts), encoding="utf-8")

        graph, findings, text = _looked_at(path)

        lines = text.split("\n")
        assert (graph is None) == any(each.severity == "error" for each in findings)
        assert list(findings) == sorted(findings, key=lambda each: each.span)
        assert len(set(findings)) == len(findings)
        for each in findings:
            assert 1 <= each.span.line <= len(lines)
            assert 1 <= each.span.column <= len(lines[each.span.line - 1]) + 1
            assert picture(each, text)
            assert as_json(each)


def test_the_recipe_that_is_broken_is_good(tmp_path: Path) -> None:
    """The recipe that all others are made from has no error and no warning but one on its chained shot."""
    path = tmp_path / "film.toml"
    path.write_text(GOOD, encoding="utf-8")

    graph, findings, _ = _looked_at(path)

    assert graph is not None
    assert {each.code for each in findings if each.severity != "note"} == {"RM403"}


def _recipe(ids: list[str], step: str = "look") -> str:
    shots = "".join(f'[[shots]]\nid = "{shot}"\naction = "{shot} happens"\n' for shot in ids)
    look = f'[steps.{step}]\nuses = "text-to-image"\nfor_each = "shots"\nprompt = "${{shot.action}}"\n'
    return f'schema = "reelmake/1"\nseed = 7\n{shots}{look}'


def _instances(folder: Path, text: str) -> dict[str | None, Instance]:
    path = folder / "film.toml"
    path.write_text(text, encoding="utf-8")
    return {each.shot: each for each in compile_recipe(path, PlainFacts()).instances.values()}


_IDS = st.lists(
    st.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9_-]{0,5}\Z"), min_size=2, max_size=8, unique_by=str.casefold
)


@settings(max_examples=max(5, int(60 * TRIALS)), deadline=None)
@given(ids=_IDS, at=st.integers(0, 8))
def test_inserting_a_shot_changes_no_other_instance(
    tmp_path_factory: pytest.TempPathFactory, ids: list[str], at: int
) -> None:
    """With a shot inserted, every other instance has the seed and the parameters it had."""
    folder = tmp_path_factory.mktemp("film")
    new = ids[-1]
    before = _instances(folder, _recipe(ids[:-1]))
    after = _instances(folder, _recipe([*ids[:-1][:at], new, *ids[:-1][at:]]))

    assert {shot: each.params for shot, each in after.items() if shot != new} == {
        shot: each.params for shot, each in before.items()
    }


@settings(max_examples=max(5, int(60 * TRIALS)), deadline=None)
@given(ids=_IDS, data=st.data())
def test_reordering_shots_changes_no_instance(
    tmp_path_factory: pytest.TempPathFactory, ids: list[str], data: st.DataObject
) -> None:
    """In another order, every instance has the seed and the parameters it had."""
    folder = tmp_path_factory.mktemp("film")
    before = _instances(folder, _recipe(ids))
    after = _instances(folder, _recipe(data.draw(st.permutations(ids))))

    assert {shot: each.params for shot, each in after.items()} == {
        shot: each.params for shot, each in before.items()
    }


_NAMES = st.from_regex(r"\A[a-z_][a-z0-9_-]{0,9}\Z").filter(lambda name: name not in RESERVED)


@settings(max_examples=max(5, int(30 * TRIALS)), deadline=None)
@given(name=_NAMES)
def test_renaming_a_step_changes_no_seed(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    """A step by another name makes instances of the same seeds and parameters."""
    folder = tmp_path_factory.mktemp("film")
    before = _instances(folder, _recipe(["010", "020"]))
    after = _instances(folder, _recipe(["010", "020"], name))

    assert [each.params for each in after.values()] == [each.params for each in before.values()]
