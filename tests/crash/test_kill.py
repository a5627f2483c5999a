"""Kill a run at any instant and run it again: the same film, and nothing finished done twice."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections import Counter
from hashlib import sha256
from pathlib import Path

import pytest

from runner.journal import Journal

TRIALS = max(1, int(20 * float(os.environ.get("REEL_TRIALS", "1"))))
ROOT = Path(__file__).parents[2]


def work(folder: Path, call: int = 0) -> subprocess.CompletedProcess[str]:
    """Run the worker; it kills itself at the call given."""
    return subprocess.run(
        [sys.executable, "-m", "tests.crash.worker", str(folder), str(call)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def delivered(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in sorted((folder / "out").iterdir())}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, dict[str, str]]:
    """How many calls an uninterrupted run takes, and what it delivers."""
    folder = tmp_path_factory.mktemp("whole")
    said = json.loads(work(folder).stdout)
    assert said["exit"] == 0
    return int(said["calls"]), delivered(folder)


@pytest.mark.parametrize("trial", range(TRIALS))
def test_a_killed_run_goes_on(tmp_path: Path, whole: tuple[int, dict[str, str]], trial: int) -> None:
    """After one to three kills the next run delivers the same bytes, and no finished step is done twice."""
    calls, wanted = whole
    rng = random.Random(trial)
    for _ in range(rng.randint(1, 3)):
        killed = work(tmp_path, rng.randint(1, calls))
        assert killed.returncode in {-9, 0}, killed.stderr

    ended = work(tmp_path)

    assert json.loads(ended.stdout)["exit"] == 0, ended.stderr
    assert delivered(tmp_path) == wanted
    assert_sound(tmp_path / ".reel")


def test_kills_at_every_moment_of_the_end(tmp_path: Path, whole: tuple[int, dict[str, str]]) -> None:
    """Killed again and again, ever later, the run always comes nearer its end and never repeats itself."""
    calls, wanted = whole
    for part in range(1, 6):
        work(tmp_path, calls * part // 6)
    work(tmp_path)

    assert delivered(tmp_path) == wanted
    assert_sound(tmp_path / ".reel")


def assert_sound(state: Path) -> None:
    """Journal and store agree, and nothing half-made lies about."""
    journal = Journal.read(state / "journal.sqlite")
    events = journal.events()
    finished = [event for event in events if event["event"] == "instance_finished"]
    journal.close()
    assert max(Counter(event["key"] for event in finished).values()) == 1
    for event in finished:
        stored = state / "objects" / event["digest"][:2] / event["digest"]
        assert sha256(stored.read_bytes()).hexdigest() == event["digest"]
        assert stored.stat().st_size == event["size"]
    assert all(sha256(path.read_bytes()).hexdigest() == path.name for path in (state / "objects").glob("*/*"))
    assert list((state / "tmp").iterdir()) == []
    assert not (state / "corrupt").exists()
