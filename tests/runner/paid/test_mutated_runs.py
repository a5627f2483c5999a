"""Whole runs at a provider whose replies are mutated: typed ends, one POST a key, and the right bytes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from runner.cli.app import reel
from runner.cli.ending import run
from runner.providers.hosted import client, download, pace, stream
from runner.providers.hosted.patience import Patience
from runner.providers.hosted.wire import Timeouts
from runner.simulator.options import Options
from runner.simulator.rows import Row
from runner.simulator.server import Simulator
from runner.simulator.studio import address
from tests.canary import KEY
from tests.runner.paid.hosted import PICTURE
from tests.runner.paid.mutations import Mutator

SEEDS = range(max(1, int(60 * float(os.environ.get("REEL_TRIALS", "1")))))
STATUSES = {0, 1, 2, 4, 5}
_accounts = count(1)
_ends: list[tuple[int, int, int]] = []
"""Of each run: its status, that of the next, and how often was paid."""

RECIPE = """\
schema = "reelmake/1"
title = "One"
slate = "ONE"

[steps.plate]
uses = "{uses}"
prompt = "seed {seed}"
{more}
duration = 6
resolution = "1080p"

[outputs]
clip = "${{plate.video}}"
"""


@pytest.fixture(scope="session")
def mutator() -> Mutator:
    """Changes the replies of the one simulator of this file."""
    return Mutator()


@pytest.fixture(scope="session")
def hostile(mutator: Mutator) -> Iterator[Simulator]:
    """A quick simulator, whose replies are mutated."""
    with Simulator(Options(render="fast", job_seconds=0.02, mutate=mutator)) as running:
        yield running


@pytest.fixture
def brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Little time passes between tries, before a job is stalled, and until a list has settled."""
    for module in (client, stream):
        monkeypatch.setattr(module, "Patience", partial(Patience, first=0.01))
    for module in (client, download):
        monkeypatch.setattr(module, "Timeouts", partial(Timeouts, read=1.0, whole=2.0, post=2.0))
    for name, seconds in (("_NEAR", 0.02), ("_NEAR_LISTENING", 0.1)):
        monkeypatch.setattr(pace, name, seconds)
    monkeypatch.setattr("runner.providers.hosted.session.DEADLINE_SECONDS", 1.0)
    monkeypatch.setattr("runner.driver._OTHERS", 0.02)
    monkeypatch.setenv("REEL_SETTLE", "0.2")


@dataclass
class Stage:
    """A folder with a recipe of one clip, and whatever came of it.

    Attributes:
        folder: Where it is.
        simulator: The server.
        capsys: What was printed.
    """

    folder: Path
    simulator: Simulator
    capsys: pytest.CaptureFixture[str]
    seed: int = 0

    def write(self, seed: int) -> None:
        """The recipe of a seed: every other one has a picture to upload."""
        self.seed = seed
        (self.folder / "board.jpg").write_bytes(PICTURE.read_bytes())
        pictured = seed % 2 == 1
        uses, more = ("image-to-video", 'input_image = "board.jpg"') if pictured else ("text-to-video", "")
        text = RECIPE.format(uses=uses, seed=seed, more=more)
        (self.folder / "one.toml").write_text(text, "utf-8")

    @property
    def rows(self) -> list[Row]:
        """The generations that were accepted for this seed, which are what is paid for."""
        return [row for row in list(self.simulator.studio.rows.values()) if row.prompt == f"seed {self.seed}"]

    def run(self) -> int:
        """Run `reel run` to its end, in words; what it delivers is what was made."""
        status = run(reel, ["run", str(self.folder / "one.toml")])
        told = self.capsys.readouterr()
        assert status in STATUSES, told
        assert "Traceback" not in told.err + told.out
        assert "did not expect" not in told.err, told.err
        stored = self.simulator.studio.files.stored
        made = [stored[address(row)].path.read_bytes() for row in self.rows if row.status == "succeeded"]
        clips = list((self.folder / "out").rglob("*.mp4"))
        assert all(clip.read_bytes() in made for clip in clips)
        assert len(clips) == 1 or status != 0
        return status


@pytest.fixture
def stage(
    hostile: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Stage:
    """A folder for a run, and no setting of the user's."""
    monkeypatch.delenv("REEL_HOME", raising=False)
    monkeypatch.setenv("REEL_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("OXEN_BASE_URL", hostile.url)
    monkeypatch.setenv("OXEN_API_KEY", f"seed{next(_accounts)}@{KEY}")
    return Stage(tmp_path, hostile, capsys)


@pytest.mark.usefixtures("brisk")
@pytest.mark.timeout(60)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_run_of_mutated_replies(seed: int, stage: Stage, mutator: Mutator) -> None:
    """A run ends with a documented status and in words, pays once, and delivers nothing but what was made.

    The seed in the name of a test replays it. A second run, whose replies are as they should be, pays again
    only where the first was told that the job had failed or was refused: then running again asks for it.
    """
    stage.write(seed)
    mutator.seed(seed)
    try:
        first = stage.run()
    finally:
        mutator.seed(None)
    paid = len(stage.rows)
    assert paid <= 1

    second = stage.run()
    assert len(stage.rows) <= (2 if first == 1 else 1)
    _ends.append((first, second, paid))


def test_the_runs_were_of_many_kinds(mutator: Mutator) -> None:
    """Replies were changed, also those to POSTs; some runs came through all the same, and some did not."""
    if len(_ends) < 15:  # A part of the seeds, or of the workers.
        pytest.skip("too few runs to tell")
    assert mutator.changed["POST"] > len(_ends) / 4
    assert mutator.changed["GET"] > len(_ends)
    assert 0 in {first for first, _, _ in _ends}
    assert len({first for first, _, _ in _ends}) > 1
