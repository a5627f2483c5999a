"""Runs of real recipes against the simulator, over real HTTP."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import anyio

from runner.events import Event
from runner.options import RunOptions
from runner.project import Outcome, open_project
from runner.simulator.server import Simulator
from tests.canary import KEY

T = TypeVar("T")
ROOT = Path(__file__).parents[3]
CANARY = KEY
PICTURE = ROOT / "recipes/one-shot/board.jpg"
RECIPE = """\
schema = "reelmake/1"
title = "Two"
slate = "TWO"

[[shots]]
id = "010"
action = "a rocket waits"

[[shots]]
id = "020"
action = "it lifts off"

[steps.plate]
uses = "image-to-video"
for_each = "shots"
input_image = "board.jpg"
prompt = "${shot.action}"
duration = 6
resolution = "1080p"

[steps.film]
uses = "concat"
clips = "${plate.video}"
transition = "cut"
on_missing = "slug"
"""


@dataclass
class Set:
    """A folder with a recipe, and a simulator to render it.

    Attributes:
        folder: Where the recipe is.
        simulator: The server.
        events: What happened in all runs.
    """

    folder: Path
    simulator: Simulator
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        shutil.copyfile(PICTURE, self.folder / "board.jpg")
        self.recipe = self.folder / "two.toml"
        self.recipe.write_text(RECIPE, "utf-8")
        self._before = len(self.simulator.accepted)
        self._requests = len(self.simulator.requests)

    def run(self, *, backend: str = "asyncio", **options: Any) -> Outcome:
        with open_project(self.recipe, RunOptions(local_jobs=1, **options)) as project:
            return anyio.run(project.run, [self.events.append], backend=backend)

    def plan(self) -> dict[str, tuple[str, str]]:
        """Verdict and reason of each instance."""
        with open_project(self.recipe, RunOptions()) as project:
            instances = project.plan().instances.values()
        return {str(each.instance.address): (each.verdict, each.reason.code) for each in instances}

    @property
    def accepted(self) -> list[dict[str, Any]]:
        """What the simulator accepted since this began."""
        return self.simulator.accepted[self._before :]

    def requests(self, wanted: Callable[[str, str], bool]) -> int:
        """How many requests, by method and path, came since this began."""
        return sum(wanted(seen.method, seen.path) for seen in self.simulator.requests[self._requests :])

    @property
    def posts(self) -> int:
        """How many paid requests came."""
        return self.requests(lambda method, path: method == "POST" and path.endswith("/ai/queue"))

    def of(self, kind: type[T]) -> list[T]:
        """The events of one kind."""
        return [event for event in self.events if isinstance(event, kind)]
