"""How much memory and time a film takes, for few clips and for many: run by hand or by `measure.py`.

Each film is cut in a process of its own, so that the largest of its ffmpegs can be told apart.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import anyio

from runner.job import Input, Job, Rendition
from runner.media.ffmpeg import executable
from runner.media.probe import probe
from runner.media.steps import concat

SIZE = "640x360"
SECONDS = 3


def clip(folder: Path) -> Path:
    """A clip with sound, of a size that a rehearsal has."""
    path = folder / "clip.mp4"
    pictures, tone = f"testsrc2=s={SIZE}:r=24:d={SECONDS}", f"sine=f=440:r=48000:d={SECONDS}"
    command = [executable(), "-v", "error", "-f", "lavfi", "-i", pictures, "-f", "lavfi", "-i", tone]
    subprocess.run([*command, "-pix_fmt", "yuv420p", str(path)], check=True)
    return path


def cut(source: Path, count: int, folder: Path) -> dict[str, float]:
    """Cut a film of so many clips with dissolves, and tell what it took."""
    entry = {"source": Input(source, "", probe(source)), "transition": "dissolve 0.5s"}
    params = {"clips": [entry] * count, "loudness": -16}
    folder.mkdir()
    job = Job("film", 1, "concat", None, params, "video", Rendition(), False, folder, lambda _: None)
    begun = time.perf_counter()
    anyio.run(concat, job)
    seconds = time.perf_counter() - begun
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "clips": count,
        "seconds": round(seconds, 2),
        "cpu_seconds": round(children.ru_utime + children.ru_stime, 2),
        "largest_ffmpeg_mb": round(children.ru_maxrss / 1024, 1),
        "own_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }


def main() -> None:
    """Print one line of JSON a film; with arguments, cut one film (used by itself)."""
    if sys.argv[1:]:
        path, count, folder = sys.argv[1:]
        sys.stdout.write(json.dumps(cut(Path(path), int(count), Path(folder))) + "\n")
        return
    with tempfile.TemporaryDirectory() as name:
        source = clip(Path(name))
        for clips in (4, 12, 24):
            arguments = [sys.executable, __file__, str(source), str(clips), f"{name}/{clips}"]
            subprocess.run(arguments, check=True)


if __name__ == "__main__":
    main()
