"""How much quicker than the clip lasts a preview is drawn, on one core, against a bare zoompan.

The zoompan makes as many pictures of the same size from the same photograph, encoded as the animatic's are,
without slate, sound or smoothness. Ratios are what counts: both sides see the same neighbours. Run it with
`python -m tests.bench.animatic`.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import anyio

from runner.job import Input, Job, Rendition
from runner.media.ffmpeg import executable
from runner.media.probe import probe
from runner.providers.animatic import provider
from tests.bench.measure import ROOT

SECONDS = 6
ROUNDS = 3
BOARDS = ROOT / "recipes/liftoff/boards"


def given(path: Path) -> Input:
    """A file as a job's input."""
    return Input(path, path.name, probe(path))


def spent(work: Callable[[], object]) -> float:
    """The processor's seconds that the ffmpegs of some work take."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    work()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def zoompan(folder: Path) -> None:
    """The floor: ffmpeg's own way to move over a still."""
    move = f"zoompan=z=1+0.25*on/{24 * SECONDS}:d={24 * SECONDS}:s=640x360:fps=24,format=yuv420p"
    command = [executable(), "-v", "error", "-y", "-i", str(BOARDS / "coffee.jpg"), "-filter_threads", "1"]
    encoder = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "18", "-threads", "1"]
    subprocess.run([*command, "-vf", move, *encoder, str(folder / "zoompan.mp4")], check=True)


def main() -> None:
    """Interleave the rounds, and print medians."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model = "ltx-2-3-pro"
        still = {"input_image": given(BOARDS / "coffee.jpg"), "duration": SECONDS, "fps": 24, "prompt": "p"}
        job = Job(
            "a/1", 1, "image-to-video", model, still, "video", Rendition(), True, folder, lambda _: None
        )
        source = folder / "source.mp4"
        anyio.run(provider().render, job).rename(source)
        moves: dict[str, dict[str, Any]] = {
            move: {**still, "camera_motion": move} for move in ("dolly_in", "jib_up", "focus_shift")
        }
        moves["morph"] = {**still, "last_frame_image": given(BOARDS / "pad.jpg")}
        jobs = {move: replace(job, params=params) for move, params in moves.items()}
        reference = {"input_video": given(source), "input_image": given(BOARDS / "pad.jpg"), "prompt": "p"}
        jobs["restyle"] = replace(
            job, uses="reference-video-to-video", model="ltx-2-3-quality-reference-video-to-video",
            params={**reference, "num_frames": 24 * SECONDS + 1, "frames_per_second": 24},
        )  # fmt: skip
        works = {move: partial(anyio.run, provider().render, each) for move, each in jobs.items()}
        figures: dict[str, list[float]] = {"zoompan": [], **{move: [] for move in works}}
        for _ in range(ROUNDS):
            figures["zoompan"].append(spent(lambda: zoompan(folder)))
            for move, work in works.items():
                figures[move].append(spent(work))
    floor = statistics.median(figures["zoompan"])
    for move, seconds in figures.items():
        took = statistics.median(seconds)
        speed = SECONDS / took
        sys.stdout.write(
            f"{move:12} {took:5.2f} s  {speed:5.1f} x real time  {took / floor:5.2f} x zoompan\n"
        )


if __name__ == "__main__":
    main()
