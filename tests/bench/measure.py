"""How long the commands take that a film-maker waits for: `make bench`. A measurement, not a test."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROUNDS = 5
PROGRAM = (sys.executable, "-c", "import sys; from runner.cli import main; sys.exit(main())")


def took(*arguments: str, folder: Path) -> float:
    """Seconds that a command takes, from its start to its end.

    Raises:
        subprocess.CalledProcessError: If it fails.
    """
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    begun = time.perf_counter()
    subprocess.run([*PROGRAM, *arguments], check=True, cwd=folder, env=environment, capture_output=True)
    return time.perf_counter() - begun


def report(name: str, seconds: list[float]) -> None:
    """Print the median and the range."""
    line = f"{name:34} {statistics.median(seconds):7.2f} s   ({min(seconds):.2f} to {max(seconds):.2f})"
    print(line)  # noqa: T201 - this is what the program is for.


def measure(folder: Path) -> None:
    """Take the measures, in a copy of the recipes."""
    shutil.copytree(ROOT / "recipes", folder / "recipes", ignore=shutil.ignore_patterns(".reel", "out"))
    recipe = "recipes/liftoff/liftoff.toml"
    report("reel --help", [took("--help", folder=folder) for _ in range(ROUNDS)])
    report("reel check liftoff", [took("check", recipe, folder=folder) for _ in range(ROUNDS)])
    report("reel plan liftoff, nothing made", [took("plan", recipe, folder=folder) for _ in range(ROUNDS)])
    report("reel rehearse liftoff", [took("rehearse", recipe, folder=folder)])
    report("reel rehearse liftoff, again", [took("rehearse", recipe, folder=folder) for _ in range(ROUNDS)])


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        measure(Path(scratch))
