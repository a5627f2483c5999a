"""Runs a small recipe, and kills itself like a power cut at a given call: `worker.py FOLDER [CALL]`.

Counting calls reaches every moment of a run, between any two lines of the store and the journal, and needs no
sleep. The kill is SIGKILL: no handler, no `finally`, no flush.
"""

from __future__ import annotations

import itertools
import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel

import runner.running  # noqa: F401 - loaded here, so that kills hit the run and not its imports.
from dsl.values import Derived
from runner.project import RunOptions
from tests.runner.engine.fakes import World, clips, made

SHOTS = ("010", "020", "030")


def story(folder: Path) -> World:
    """Three shots, the later ones beginning on the last frame of the one before, restyled and cut."""
    world = World(folder)
    for before, shot in zip((None, *SHOTS), SHOTS, strict=False):
        start = Derived(made(f"plate/{before}"), "last_frame") if before else world.file("board.png")
        world.recipe.add(f"plate/{shot}", {"input_image": start, "prompt": shot})
        world.recipe.add(f"restyle/{shot}", {"input_video": made(f"plate/{shot}"), "prompt": "gouache"})
    film = clips(*(f"restyle/{shot}" for shot in SHOTS))
    world.recipe.film("film", film).deliver("film", "film").deliver("first", "restyle/010")
    return world


def main(folder: Path, call: int) -> None:
    """Run it, and say how it ended and how many calls it took."""
    world = story(folder)
    project = world.project(RunOptions(local_jobs=2))
    anyio.run(anyio.lowlevel.checkpoint)  # Whatever is imported late is imported by now.
    calls = itertools.count(1)

    def count(*_: Any) -> None:
        if next(calls) == call:
            os.kill(os.getpid(), signal.SIGKILL)

    threading.setprofile(count)
    sys.setprofile(count)
    outcome = anyio.run(project.run)
    sys.setprofile(None)
    sys.stdout.write(json.dumps({"exit": outcome.exit_status, "calls": next(calls)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0)
