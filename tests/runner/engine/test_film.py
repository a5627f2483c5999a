"""The whole way, with the real language, the real animatic and the real cut, in the smallest pictures."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from contextlib import AbstractContextManager
from hashlib import sha256
from pathlib import Path

import anyio
import av
import pytest

from runner.events import Event, InstanceFinished, RunFinished
from runner.job import Rendition
from runner.journal import Journal
from runner.media.probe import probe
from runner.plan import Plan
from runner.project import Project, RunOptions, View, open_project
from tests.runner.engine.fakes import untouched

TRIALS = max(1, int(3 * float(os.environ.get("REEL_TRIALS", "1"))))
ROOT = Path(__file__).parents[3]
BOARD = ROOT / "recipes" / "one-shot" / "board.jpg"
OPTIONS = RunOptions(provider="animatic", rendition=Rendition(90), local_jobs=2)
RECIPE = """
schema = "reelmake/1"
slate = "TST"

[[shots]]
id = "010"
start = "board.jpg"
action = "lift-off"
{inserted}
[[shots]]
id = "020"
start = "${{prev.plate.last_frame}}"
action = "{action}"

[steps.plate]
uses = "image-to-video"
for_each = "shots"
input_image = "${{shot.start}}"
prompt = "${{shot.action}}"
duration = 6
fps = 24

[steps.restyle]
uses = "reference-video-to-video"
for_each = "shots"
input_video = "${{plate.video}}"
prompt = "gouache. ${{shot.action}}"
num_frames = "match"

[steps.film]
uses = "concat"
clips = "${{restyle.video}}"
audio = "${{plate.audio}}"
transition = "dissolve 6f"

[outputs]
film = "${{film.video}}"
"""
INSERTED = '[[shots]]\nid = "015"\nstart = "board.jpg"\naction = "a bird"\n'


def write(folder: Path, *, action: str = "clouds", inserted: str = "") -> Path:
    recipe = folder / "film.toml"
    recipe.write_text(RECIPE.format(action=action, inserted=inserted))
    return recipe


def opened(recipe: Path) -> AbstractContextManager[Project]:
    return open_project(recipe, OPTIONS)


def run(recipe: Path) -> list[Event]:
    events: list[Event] = []
    views: list[View] = [events.append]
    with opened(recipe) as project:
        outcome = anyio.run(project.run, views)
    assert outcome.exit_status == 0, outcome.failures
    return events


def plan(recipe: Path) -> Plan:
    with opened(recipe) as project:
        return project.plan()


def film(folder: Path) -> Path:
    return folder / "out" / "rehearsal" / "TST_film.mp4"


def decoded(path: Path) -> tuple[str, int]:
    """A digest of every decoded picture, and how many there are."""
    seen, count = sha256(), 0
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            for plane in frame.planes:
                rows, stride = memoryview(plane), plane.line_size
                for row in range(plane.height):
                    seen.update(rows[row * stride : row * stride + plane.width])
            count += 1
    return seen.hexdigest(), count


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a film that was run to its end."""
    folder = tmp_path_factory.mktemp("film")
    shutil.copy(BOARD, folder / "board.jpg")
    run(write(folder))
    return folder


@pytest.fixture
def folder(finished: Path, tmp_path: Path) -> Path:
    """A copy of that folder, to be worked on."""
    return Path(shutil.copytree(finished, tmp_path / "film"))


def test_the_film_is_as_long_as_the_plan_said(finished: Path) -> None:
    """To the frame, in pictures that decode, with sound as long as the picture."""
    totals = plan(finished / "film.toml").totals

    facts = probe(film(finished))

    assert facts.frames == totals.film_frames == decoded(film(finished))[1]
    assert facts.seconds == totals.film_seconds
    assert facts.sound is not None


def test_running_again_does_nothing(folder: Path) -> None:
    """Every instance is reused, and the film is not written again."""
    before = untouched(film(folder))
    recipe = folder / "film.toml"

    last = run(recipe)[-1]

    assert isinstance(last, RunFinished)
    assert last.made == 0
    assert untouched(film(folder)) == before


def test_one_prompt_changes_its_shot_and_the_film(folder: Path) -> None:
    """The plan names the prompt; only that shot, its dependents and the film are rendered."""
    recipe = write(folder, action="stars")

    planned = {str(address): each for address, each in plan(recipe).instances.items()}
    made = [event.address for event in run(recipe) if isinstance(event, InstanceFinished)]

    assert {name: each.verdict for name, each in planned.items()} == {
        "plate/010": "reuse",
        "plate/020": "run",
        "restyle/010": "reuse",
        "restyle/020": "wait",
        "film": "wait",
    }
    assert [
        (change.field, change.before, change.after) for change in planned["plate/020"].reason.changes
    ] == [("prompt", "clouds", "stars")]
    assert made == ["plate/020", "restyle/020", "film"]


def test_an_inserted_shot_changes_no_other_key(folder: Path) -> None:
    """A shot 015 leaves the keys, and so the seeds, of shots that do not begin on it as they were."""
    before = {str(address): each.key for address, each in plan(folder / "film.toml").instances.items()}

    after = plan(write(folder, inserted=INSERTED)).instances

    unchanged = ("plate/010", "restyle/010")
    keys = {str(address): each.key for address, each in after.items()}
    assert [keys[name] for name in unchanged] == [before[name] for name in unchanged]
    assert {str(address) for address, each in after.items() if each.verdict == "reuse"} == set(unchanged)


@pytest.mark.parametrize("trial", range(TRIALS))
def test_a_killed_rehearsal_comes_to_the_same_film(tmp_path: Path, finished: Path, trial: int) -> None:
    """Killed in the midst of a real rehearsal, the next run has the same pictures and repeats nothing."""
    shutil.copy(BOARD, tmp_path / "board.jpg")
    recipe = write(tmp_path)
    code = (
        "import sys, json, anyio; from pathlib import Path\n"
        "from runner.events import to_json; from tests.runner.engine.test_film import opened\n"
        "with opened(Path(sys.argv[1])) as project:\n"
        "    anyio.run(project.run, [lambda event: print(json.dumps(to_json(event)), flush=True)])"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, recipe], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        heard = [json.loads(process.stdout.readline()) for _ in range(2 + 4 * trial)]
        process.send_signal(signal.SIGKILL)
    assert heard[0]["event"] == "run_started"

    run(recipe)

    assert decoded(film(tmp_path)) == decoded(film(finished))
    journal = Journal.read(tmp_path / ".reel" / "journal.sqlite")
    made = Counter(event["key"] for event in journal.events() if event["event"] == "instance_finished")
    journal.close()
    assert set(made.values()) == {1}
