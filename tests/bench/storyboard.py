"""A rehearsal of a 40-shot storyboard at 360p: how long, how busy the cores, and how much memory at most.

The memory is that of the whole process tree, each shared page counted once (PSS), looked at ten times a
second. Run it with `python -m tests.bench.storyboard [SHOTS]`, on Linux.
"""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.measure import PROGRAM, ROOT

SECONDS = 6
MOVES = ("dolly_in", "dolly_left", "jib_up", "focus_shift", "static", "dolly_out", "dolly_right", "none")


def recipe(folder: Path, shots: int) -> Path:
    """A storyboard of real photographs, with dissolves between all shots and sound under them."""
    boards = sorted((ROOT / "recipes/liftoff/boards").glob("*.jpg"))
    for board in boards:
        shutil.copy(board, folder)
    text = 'schema = "reelmake/1"\n\n'
    for number in range(shots):
        text += (
            f'[[shots]]\nid = "{number:03}"\nstart = "{boards[number % len(boards)].name}"\n'
            f'plate.camera_motion = "{MOVES[number % len(MOVES)]}"\n\n'
        )
    text += (
        '[steps.plate]\nuses = "image-to-video"\nfor_each = "shots"\ninput_image = "${shot.start}"\n'
        f'prompt = "A storyboard"\nduration = {SECONDS}\nfps = 24\n\n'
        '[steps.film]\nuses = "concat"\nclips = "${plate.video}"\ntransition = "dissolve 0.5s"\n'
        'loudness = -16\n\n[outputs]\nfilm = "${film.video}"\n'
    )
    path = folder / "storyboard.toml"
    path.write_text(text, encoding="utf-8")
    return path


def tree(root: int) -> list[int]:
    """A process and all that came of it, whoever their parent is now."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with contextlib.suppress(OSError, IndexError):
                parents[int(entry.name)] = int(_text(entry / "stat").rpartition(")")[2].split()[1])
    found = [root]
    for each in found:
        found += [child for child, parent in parents.items() if parent == each]
    return found


def memory(processes: list[int]) -> int:
    """The bytes that processes take together."""
    total = 0
    for process in processes:
        with contextlib.suppress(OSError):
            lines = _text(Path(f"/proc/{process}/smaps_rollup")).splitlines()
            total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024
    return total


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def main(shots: int) -> None:
    """Rehearse once, and print the figures."""
    with tempfile.TemporaryDirectory() as name:
        path = recipe(Path(name), shots)
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        command = [*PROGRAM, "rehearse", str(path)]
        begun, peak = time.perf_counter(), 0
        with subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as reel:
            while reel.poll() is None:
                peak = max(peak, memory(tree(reel.pid)))
                time.sleep(0.1)
            said = reel.stdout.read().decode() if reel.stdout else ""
        wall = time.perf_counter() - begun
    if reel.returncode:
        sys.exit(f"the rehearsal ended with status {reel.returncode}")
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent, cores = used.ru_utime + used.ru_stime, len(os.sched_getaffinity(0))
    sys.stdout.write(
        f"{said}{shots} shots of {SECONDS} s: {wall:.1f} s on the wall, {spent:.1f} s of {cores} cores, "
        f"{spent / wall / cores:.0%} busy with this, {shots * SECONDS / spent:.1f} x real time a core, "
        f"at most {peak / 1e6:.0f} MB\n"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40)
