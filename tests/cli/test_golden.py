"""What is printed for people, letter by letter."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Reel

SHOWN = """\
Tiny

slate    TNY
seed     0
shots    010 020 030

steps
  plate    image-to-video  ltx-2-3-pro      3 instances  6.0 s each
  trimmed  trim            on this machine  3 instances  1.0 s each
  film     concat          on this machine  1 instance   2.8 s

outputs
  film  TNY_film  "${film.video}"
"""

INSTANCE = """\
plate/020  image-to-video  ltx-2-3-pro  6.0 s  150 frames at 25 fps
  input_image = "${trimmed/010.last_frame}"
  prompt = "it lifts off, dusk"
"""

PLANNED = """\
Tiny

  run   plate/010    ltx-2-3-pro  6.00 s  $0.00  not made yet
  wait  plate/020    ltx-2-3-pro  6.00 s  $0.00  waits for trimmed/010
  run   plate/030    ltx-2-3-pro  6.00 s  $0.00  not made yet
  wait  trimmed/010  trim         1.00 s  local  waits for plate/010
  wait  trimmed/020  trim         1.00 s  local  waits for plate/020
  wait  trimmed/030  trim         1.00 s  local  waits for plate/030
  wait  film         concat       2.80 s  local  waits for trimmed/010, trimmed/020 and trimmed/030

plan   2 to run, 5 waiting for inputs
film   3 x 1.0 s - 0.2 s = 2.8 s (70 frames)
price  $0.00
"""

HOSTED = """\
Tiny

  run   plate/010    ltx-2-3-pro  6.00 s      ?  not made yet
        sends board.jpg (36.6 kB)
"""

FLOW = """\
flowchart LR
  n0["plate/010<br/>ltx-2-3-pro"]
  n1["plate/030<br/>ltx-2-3-pro"]
  n2["trimmed/010<br/>trim"]
  n3["plate/020<br/>ltx-2-3-pro"]
  n4["trimmed/020<br/>trim"]
  n5["trimmed/030<br/>trim"]
  n6["film<br/>concat"]
  n0 --> n2
  n2 -->|last frame| n3
  n3 --> n4
  n1 --> n5
  n2 --> n6
  n4 --> n6
  n5 --> n6
  n6 --> out0(["TNY_film"])
"""

TREE = """\
╟── plate/010
╎   └─╼ trimmed/010
╎       ├─╼ plate/020
╎       │   └─╼ trimmed/020
╎       │       └─╼ film ╾ trimmed/010, trimmed/030
╎       └─╼  ...
╙── plate/030
    └─╼ trimmed/030
        └─╼  ...
"""

WRONG = """\
error[RM204]: no step is called "plait"
  --> tiny.toml:33:18
   |
33 | input_video = "${plait.video}"
   |                  ^^^^^ did you mean "plate"?

tiny.toml: 1 error
"""


def test_show(reel: Reel, tiny: Path) -> None:
    """`reel show` gives the recipe as it was understood."""
    assert (reel("show", tiny.name).out, reel("show", tiny.name, "plate/020").out) == (SHOWN, INSTANCE)


def test_show_of_nothing_that_is_there(reel: Reel, tiny: Path) -> None:
    """An address that the recipe has not ends with status 2 and the nearest one that it has."""
    ended = reel("show", tiny.name, "plait/020")

    assert (ended.status, ended.out) == (2, "")
    assert ended.err == 'error: nothing in the recipe is called "plait/020"; did you mean "plate/020"?\n'


def test_plan(reel: Reel, tiny: Path) -> None:
    """`reel plan` has a line an instance, the film's length as a sum, and the price."""
    assert reel("plan", tiny.name, "--provider", "animatic").out == PLANNED


def test_plan_of_a_hosted_run(reel: Reel, tiny: Path) -> None:
    """Where a price is not known a question mark stands, and what would be sent is named."""
    ended = reel("plan", tiny.name)

    assert ended.status == 0
    assert ended.out.startswith(HOSTED)
    assert "\nprice  ?\n" in ended.out
    assert ended.out.endswith("\nsends  1 file, 36.6 kB\n")


def test_plan_of_an_edit(reel: Reel, tiny: Path) -> None:
    """After an edit the plan says, field by field, why which instance is made again."""
    reel("rehearse", tiny.name, "--proxy", "64")
    text = tiny.read_text("utf-8")
    tiny.write_text(text.replace("the towers stand alone", "the towers are empty"), "utf-8")

    lines = reel("plan", tiny.name, "--proxy", "64", "--provider", "animatic").out.splitlines()

    verdicts = {
        line.split()[1]: line.split()[0] for line in lines[2:] if line.startswith("  ") and "/" in line
    }
    assert verdicts == {
        "plate/010": "reuse", "plate/020": "reuse", "plate/030": "run",
        "trimmed/010": "reuse", "trimmed/020": "reuse", "trimmed/030": "wait", "film": "wait",
    }  # fmt: skip
    assert '         prompt: "the towers stand alone, dusk" -> "the towers are empty, dusk"' in lines


def test_graph_as_mermaid(reel: Reel, tiny: Path) -> None:
    """`reel graph --format mermaid` names what flows along each arrow."""
    assert reel("graph", tiny.name, "--format", "mermaid").out == FLOW


def test_graph_as_dot(reel: Reel, tiny: Path) -> None:
    """`reel graph --format dot` draws the same for Graphviz."""
    drawn = reel("graph", tiny.name, "--format", "dot").out

    assert drawn.startswith('digraph reel {\n  rankdir=LR;\n  node [shape=box];\n  "plate/010" [label=')
    assert '  "trimmed/010" -> "plate/020" [label="last frame"];\n' in drawn
    assert drawn.endswith('  out0 [shape=ellipse, label="TNY_film"];\n  "film" -> out0;\n}\n')


def test_graph_on_a_terminal(program: Reel, tiny: Path) -> None:
    """`reel graph` draws with box characters where they can be shown, and with ASCII elsewhere."""
    assert program("graph", tiny.name, PYTHONUTF8="1").out == TREE
    assert program("graph", tiny.name, PYTHONIOENCODING="ascii").out.isascii()


def test_check(reel: Reel, tiny: Path) -> None:
    """`reel check` draws every finding and sums up in one line."""
    tiny.write_text(tiny.read_text("utf-8").replace("${plate.video}", "${plait.video}"), "utf-8")

    assert reel("check", tiny.name).out == WRONG


def test_check_of_a_recipe_that_is_fine(reel: Reel, tiny: Path) -> None:
    """A recipe that is fine is said to be, with its size."""
    tiny.write_text(
        'schema = "reelmake/1"\n[steps.card]\nuses = "text-to-image"\nprompt = "a pier"\n', "utf-8"
    )

    assert reel("check", tiny.name).out == "tiny.toml is fine: 1 instance\n"
