"""One mistake is one finding: nothing is said twice, and nothing follows from what has been said."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dsl import reference_findings, shape_findings
from dsl.compile import Overrides
from tests.dsl.recipes import Bench

ROOT = Path(__file__).parents[2]

SHOTS = "".join(f'[[shots]]\nid = "{n:03}"\nstart = "boards/{n:03}.png"\n' for n in range(40))
PLATE = """
[steps.plate]
uses = "image-to-video"
for_each = "shots"
input_image = "${shot.start}"
prompt = "x"
"""
RESTYLE = """
[steps.restyle]
uses = "reference-video-to-video"
for_each = "shots"
input_video = "${plate.video}"
num_frames = "match"
prompt = "y"
"""
FILM = '[steps.film]\nuses = "concat"\nclips = "${restyle.video}"\n'


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('"x"', '"${shot.action}"', "RM202"),
        ('"x"', '"${vars.mood}"', "RM202"),
        ('"x"', '"x"\nfps = 30', "RM302"),
        ('"x"', '"x"\nfsp = 30', "RM301"),
        ('"x"', '"x"\nmodel = "ltx"', "RM350"),
        ('"x"', '"x"\nmodel = "z-image-turbo"', "RM351"),
        ('uses = "image-to-video"', 'uses = "image-to-vid"', "RM106"),
        ('uses = "image-to-video"', 'use = "image-to-video"', "RM101"),
        ('uses = "image-to-video"\n', "", "RM102"),
        ('for_each = "shots"\ninput_image', 'for_eech = "shots"\ninput_image', "RM301"),
        ("${plate.video}", "${plat.video}", "RM204"),
        ("${plate.video}", "${plate.vid}", "RM205"),
        ("${plate.video}", "${plate.last_frame}", "RM210"),
        ("${plate.video}", "${plate.video", "RM201"),
        ("${plate.video}", "${restyle.video}", "RM203"),
        ("${plate.video}", "none.mp4", "RM501"),
        ("${shot.start}", "${shot.strat}", "RM202"),
        ("boards/", "../boards/", "RM502"),
        ('id = "007"', "id = 7", "RM103"),
        ('id = "007"', 'id = "006"', "RM108"),
        ('id = "007"\n', "", "RM102"),
    ],
)
def test_one_mistake_is_one_finding(bench: Bench, old: str, new: str, code: str) -> None:
    """Whatever the mistake and however many instances share it, it is told once."""
    text = SHOTS + PLATE + RESTYLE + FILM
    codes = bench.codes(text.replace(old, new))

    assert bench.codes(text) == []
    assert set(codes) == {code}
    assert len(codes) == (40 if old == "boards/" else 1)


def test_a_mistake_in_one_step_hides_none_in_another(bench: Bench) -> None:
    """Errors of the tables, of references, of parameters and of files are told together."""
    text = (SHOTS + PLATE + RESTYLE + FILM).replace('"x"', '"${vars.x}"').replace('"y"', '"y"\nstrength = 0')
    text = "titel = 1\n" + text.replace("[steps.film]", '[steps.film]\naudio = "none.wav"\nsize = "1x1"')

    assert sorted(bench.codes(text)) == ["RM101", "RM202", "RM303", "RM310", "RM501"]


def test_a_misspelt_name_is_not_called_unused_as_well(bench: Bench) -> None:
    """What a wrong reference meant is not unused; what nothing meant still is."""
    text = '[cast.mira]\nlook = "a"\n[cast.bob]\nlook = "b"\n[style]\nnoir = "c"\n' + SHOTS + PLATE
    wrong = text.replace('"x"', '"${cast.mria.look} ${stlye.noir}"')

    assert bench.codes(text) == ["RM220", "RM220", "RM220"]
    assert bench.codes(wrong) == ["RM220", "RM202", "RM204"]


def test_texts_that_nothing_reads_are_looked_at(bench: Bench) -> None:
    """Names in omitted shots, unused values and replaced parameters must exist all the same."""
    text = (
        '[vars]\na = "${vars.zz}"\n[[shots]]\nid = "010"\nomit = true\nstart = "${plaet.video}"\n'
        + PLATE
        + RESTYLE
    )

    assert sorted(bench.codes(text)) == ["RM202", "RM204"]


def test_notes_are_kept_for_recipes_without_errors(bench: Bench) -> None:
    """A note asks for nothing, so it waits until there is no error."""
    good, bad = SHOTS + PLATE, "titel = 1\n" + SHOTS + PLATE

    assert [each.severity for each in bench.findings(good)] == ["note"]
    assert [each.code for each in bench.findings(bad)] == ["RM101"]


def test_a_recipe_of_a_billion_instances_is_refused_at_once(bench: Bench) -> None:
    """Counting comes before making: no number of steps and shots takes long to refuse."""
    shots = "".join(f'[[shots]]\nid="{n}"\n' for n in range(5000))
    steps = "".join(f'[steps.s{n}]\nuses="generate"\nfor_each="shots"\n' for n in range(2000))
    began = time.process_time()
    codes = bench.codes(shots + steps, Overrides(allow_large=True))

    assert codes == ["RM109"]
    assert time.process_time() - began < 2


def test_compiling_imports_nothing_heavy(tmp_path: Path) -> None:
    """Compiling needs no network, no decoder, no ffmpeg and no networkx."""
    Bench(tmp_path).write(SHOTS + PLATE + RESTYLE + FILM)
    code = (
        "import sys, pathlib\n"
        "from tests.dsl.recipes import PlainFacts\n"
        "from dsl.compile import compile_recipe\n"
        "graph = compile_recipe(pathlib.Path(sys.argv[1]), PlainFacts())\n"
        "assert len(graph.needed()) == 81\n"
        "print(sorted({name.partition('.')[0] for name in sys.modules}))\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "film.toml")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert "'dsl'" in ran.stdout
    for heavy in ("httpx", "av", "ffmpeg", "networkx", "rich", "click", "anyio", "runner"):
        assert f"'{heavy}'" not in ran.stdout


def test_compiling_is_linear(bench: Bench) -> None:
    """Ten times the shots take about ten times as long, and a thousand instances well under a second."""

    def seconds(shots: int) -> float:
        text = "".join(f'[[shots]]\nid = "{n:04}"\nstart = "boards/{n}.png"\n' for n in range(shots))
        text += PLATE + RESTYLE + FILM
        spent = []
        for _ in range(3):
            began = time.process_time()
            bench.graph(text, Overrides(allow_large=True))
            spent.append(time.process_time() - began)
        return min(spent)

    seconds(5)
    small, large = seconds(50), seconds(500)

    assert large < 1.0
    assert large / small < 20


def test_every_code_is_explained() -> None:
    """Each code of a finding about a recipe is explained in the documentation."""
    page = (ROOT / "docs" / "diagnostics.md").read_text(encoding="utf-8")
    sources = [
        Path(module.__file__ or "").read_text(encoding="utf-8")
        for module in (reference_findings, shape_findings)
    ]
    codes = {code for source in sources for code in re.findall(r'"(RM\d{3})"', source)}

    assert len(codes) > 40
    assert {code for code in codes if code not in page} == set()
