"""How long 200 generations of two seconds take, all in flight at once, against those two seconds.

The simulator runs in a process of its own, on the same machine, and serves a ready clip at once: nothing is
rendered. Everything is counted from the first generation it accepts. `submitted` is when it accepted the last
one, `known` when the run knew of each that it had succeeded, and `done` when each clip was fetched, proven by
decoding it, and kept. Run it with `python -m tests.bench.in_flight [GENERATIONS]`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import anyio

from runner.driver import Driver
from runner.events import Event, InstanceFinished
from runner.journal import Record
from runner.options import RunOptions
from runner.order import Order
from runner.project import Outcome, open_project
from runner.simulator.options import Options
from runner.simulator.server import Simulator
from runner.simulator.studio import Seen

JOB_SECONDS = 2.0
RECIPE = """\
schema = "reelmake/1"
title = "Many"
slate = "MANY"
{shots}
[steps.plate]
uses = "text-to-video"
for_each = "shots"
prompt = "${{shot.action}}"
duration = 6
resolution = "1080p"
"""
SHOT = """
[[shots]]
id = "{number:04}"
action = "rocket {number}"
"""


def write(folder: Path, generations: int) -> Path:
    """A recipe of so many shots, each a generation, and no film."""
    recipe = folder / "many.toml"
    shots = "".join(SHOT.format(number=number) for number in range(generations))
    recipe.write_text(RECIPE.format(shots=shots), "utf-8")
    return recipe


@dataclass
class Watch:
    """When each generation was known to have succeeded, and when its clip was there; Unix time."""

    known: list[float] = field(default_factory=list)
    done: list[float] = field(default_factory=list)

    def __call__(self, event: Event) -> None:
        """Note the time of a clip."""
        if isinstance(event, InstanceFinished):
            self.done.append(time.time())

    def run(self, recipe: Path, jobs: int) -> Outcome:
        """Run a recipe, with so many at once."""
        made, known = Driver._made, self.known

        async def noted(self: Driver, order: Order) -> Record:
            record = await made(self, order)
            known.append(time.time())
            return record

        Driver._made = noted  # type: ignore[method-assign]
        try:
            with open_project(recipe, RunOptions(jobs=jobs)) as project:
                return anyio.run(project.run, [self])
        finally:
            Driver._made = made  # type: ignore[method-assign]


def kinds(requests: list[Seen]) -> Counter[str]:
    """How many requests of each kind there were."""
    return Counter(map(kind, requests))


def kind(seen: Seen) -> str:
    """What a request is for."""
    path = seen.path
    if path.endswith("/ai/queue") and seen.method == "POST":
        return "submits"
    if "/ai/queue/" in path or "/ai/generations/" in path:
        return "looks"
    if path.endswith("/events"):
        return "streams"
    if "/file/" in path and "presigned" not in path:
        return "downloads"
    if "/models" in path or path.endswith("/users/me"):
        return "before"
    return "others"


def serve() -> None:
    """The simulator: prints its URL, waits for a line, and prints what it was asked."""
    with Simulator(Options(render="fast", job_seconds=JOB_SECONDS)) as simulator:
        sys.stdout.write(simulator.url + "\n")
        sys.stdout.flush()
        sys.stdin.readline()
        times = [entry["at"] for entry in simulator.accepted]
        told = {"accepted": times, "kinds": kinds(simulator.requests), "streams": simulator.studio.hub.most}
        sys.stdout.write(json.dumps(told) + "\n")


def main(generations: int) -> None:
    """Take the measure, and print it."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        recipe = write(folder, generations)
        command = [sys.executable, "-m", "tests.bench.in_flight", "--serve"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdin is not None
            assert server.stdout is not None
            os.environ |= {
                "OXEN_BASE_URL": server.stdout.readline().strip(), "OXEN_API_KEY": "bench",
                "REEL_CONFIG": str(folder / "none.toml"), "XDG_CACHE_HOME": str(folder / "cache"),
            }  # fmt: skip
            watch = Watch()
            before = time.process_time()
            outcome = watch.run(recipe, generations)
            processor = time.process_time() - before
            told = json.loads(server.communicate("\n")[0])
    assert outcome.status == "done", outcome
    first = min(told["accepted"])
    for name, last in (
        ("submitted", max(told["accepted"])), ("known", max(watch.known)), ("done", max(watch.done)),
    ):  # fmt: skip
        ratio = (last - first) / JOB_SECONDS
        sys.stdout.write(f"{name:10} {last - first:6.2f} s   {ratio:5.2f} x {JOB_SECONDS:g} s\n")
    each = ", ".join(f"{count} {name}" for name, count in sorted(told["kinds"].items()))
    sys.stdout.write(f"{generations} generations: {each}; {told['streams']} stream at once at most\n")
    sys.stdout.write(f"{processor:.2f} s of the processor in the client\n")


if __name__ == "__main__":
    if "--serve" in sys.argv:
        serve()
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
