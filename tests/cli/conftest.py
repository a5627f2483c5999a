"""The command line, run in this process or in one of its own, in an empty folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import pytest

from runner.cli.app import reel as group
from runner.cli.ending import run

ROOT = Path(__file__).parents[2]
PICTURE = ROOT / "recipes/one-shot/board.jpg"
KEPT = frozenset({"REEL_TRIALS", "OXEN_API_KEY", "OXEN_BASE_URL"})
"""The last two are the canary, which is to be in the environment of all tests."""

TINY = """\
schema = "reelmake/1"
title = "Tiny"
slate = "TNY"

[vars]
mood = "dusk"

[[shots]]
id = "010"
start = "board.jpg"
action = "a rocket waits"

[[shots]]
id = "020"
start = "${prev.trimmed.last_frame}"
action = "it lifts off"
film.transition = "cut"

[[shots]]
id = "030"
start = "board.jpg"
action = "the towers stand alone"

[steps.plate]
uses = "image-to-video"
for_each = "shots"
input_image = "${shot.start}"
prompt = "${shot.action}, ${vars.mood}"

[steps.trimmed]
uses = "trim"
for_each = "shots"
input_video = "${plate.video}"
end = 1.0

[steps.film]
uses = "concat"
clips = "${trimmed.video}"
transition = "dissolve 0.2s"
"""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    status: int
    out: str
    err: str


Reel: TypeAlias = Callable[..., Ended]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, with no setting of the user's."""
    for name in list(os.environ):
        if name.startswith(("REEL_", "OXEN_")) and name not in KEPT:
            monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def tiny(folder: Path) -> Path:
    """A recipe of three shots that is made in a moment."""
    shutil.copyfile(PICTURE, folder / "board.jpg")
    recipe = folder / "tiny.toml"
    recipe.write_text(TINY, "utf-8")
    return recipe


@pytest.fixture
def reel(folder: Path, capsys: pytest.CaptureFixture[str]) -> Reel:
    """`reel` in this process."""
    del folder

    def call(*arguments: str) -> Ended:
        capsys.readouterr()
        status = run(group, arguments)
        return Ended(status, *capsys.readouterr())

    return call


@pytest.fixture
def program(folder: Path) -> Reel:
    """`reel` in a process of its own."""

    def call(*arguments: str, **environment: str) -> Ended:
        ended = subprocess.run(
            [sys.executable, "-c", "import sys; from runner.cli import main; sys.exit(main())", *arguments],
            capture_output=True, check=False, cwd=folder, encoding="utf-8", stdin=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        )  # fmt: skip
        return Ended(ended.returncode, ended.stdout, ended.stderr)

    return call
