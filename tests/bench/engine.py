"""How much the engine adds to 1,000 steps of no work, against a floor measured in the same run.

The floor does the least that keeps the same promise for a step: it writes a file, puts it on the disk under
its final name, and commits one row, with as many at once as the engine. Ratios are what counts: both sides
see the same disk and the same neighbours. Run it with `python -m tests.bench.engine [STEPS]`.
"""

from __future__ import annotations

import hashlib
import os
import resource
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import anyio
from anyio.to_thread import run_sync

from dsl.values import Value
from runner.project import RunOptions
from tests.runner.engine.fakes import World, made

ROUNDS = 3
LANES = 2


def engine(folder: Path, steps: int) -> Callable[[], None]:
    """Half of the steps make something, the other half each make something of that; one cut takes all."""
    world = World(folder)
    half = steps // 2
    for index in range(half):
        world.recipe.add(f"make/{index}", {"prompt": str(index)}, provider=None, uses="trim")
    for index in range(half):
        source = made(f"make/{index}")
        world.recipe.add(f"remake/{index}", {"input_video": source}, provider=None, uses="trim")
    every: list[Value] = [{"source": made(f"remake/{index}"), "transition": "cut"} for index in range(half)]
    world.recipe.film("film", {"clips": every}).deliver("film", "film")

    def run() -> None:
        project = world.project(RunOptions(local_jobs=LANES))
        assert anyio.run(project.run).exit_status == 0

    return run


def floor(folder: Path, steps: int) -> Callable[[], None]:
    """A task a step, a file a step, a row a step, and nothing else."""
    journal = folder / "floor.sqlite"

    async def everything() -> None:
        rows = sqlite3.connect(journal, isolation_level=None, check_same_thread=False)
        rows.execute("PRAGMA journal_mode = WAL")
        rows.execute("PRAGMA synchronous = FULL")
        rows.execute("CREATE TABLE IF NOT EXISTS made (key TEXT PRIMARY KEY, digest TEXT)")
        known = {key for (key,) in rows.execute("SELECT key FROM made")}
        places = anyio.CapacityLimiter(LANES)
        async with anyio.create_task_group() as tasks:
            for index in range(steps):
                key = hashlib.sha256(str(index).encode()).hexdigest()
                if key not in known:
                    tasks.start_soon(one, key, places, rows)
        rows.close()

    async def one(key: str, places: anyio.CapacityLimiter, rows: sqlite3.Connection) -> None:
        async with places:
            digest = await run_sync(publish, key)
            rows.execute("INSERT INTO made VALUES (?, ?)", (key, digest))

    def publish(key: str) -> str:
        text = f"video 4 {key}".encode()
        digest = hashlib.sha256(text).hexdigest()
        part = folder / f"{digest}.part"
        with part.open("xb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        shelf = folder / digest[:2]
        shelf.mkdir(exist_ok=True)
        part.replace(shelf / digest)
        descriptor = os.open(shelf, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
        return digest

    return lambda: anyio.run(everything)


def measured(run: Callable[[], None]) -> tuple[float, float]:
    """Seconds on the wall and of the processor."""
    wall, processor = time.perf_counter(), time.process_time()
    run()
    return time.perf_counter() - wall, time.process_time() - processor


def main(steps: int) -> None:
    """Interleave the rounds, so that both sides see the same neighbours, and print medians."""
    names = ("floor, cold", "floor, again", "engine, cold", "engine, again")
    figures: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
    for _ in range(ROUNDS):
        for name, make in (("floor", floor), ("engine", engine)):
            with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
                run = make(Path(folder), steps)
                figures[f"{name}, cold"].append(measured(run))
                figures[f"{name}, again"].append(measured(run))
    walls = {name: statistics.median(wall for wall, _ in each) for name, each in figures.items()}
    for name, each in figures.items():
        against = walls[f"floor, {name.rpartition(', ')[2]}"]
        processor = statistics.median(seconds for _, seconds in each)
        ratio = walls[name] / against
        sys.stdout.write(f"{name:14}  {walls[name]:6.3f} s  {processor:6.3f} s cpu  {ratio:5.2f} x floor\n")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(f"peak memory of this process {peak:.0f} MB, {steps} steps, {LANES} at once\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
