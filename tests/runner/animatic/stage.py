"""Jobs for the animatic at tiny sizes, and ways to measure what came out."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av

from runner.artifact import MediaFacts
from runner.job import Input, Job, Rendition
from runner.media.ffmpeg import executable
from runner.media.probe import probe
from runner.providers.animatic import provider

REFERENCE = "ltx-2-3-quality-reference-video-to-video"


def ffmpeg(*arguments: str | Path) -> bytes:
    """Run ffmpeg, and give what it wrote to its standard output."""
    command = [executable(), "-hide_banner", "-nostdin", "-v", "error", "-y", *map(str, arguments)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout


def given(path: Path) -> Input:
    """A file as a job's input."""
    return Input(path, hashlib.sha256(path.read_bytes()).hexdigest(), probe(path))


@dataclass(frozen=True, slots=True)
class Pictures:
    """Decoded frames, as bytes of grey.

    Attributes:
        width: Pixels.
        height: Pixels.
        frames: One after the other.
    """

    width: int
    height: int
    frames: tuple[bytes, ...]

    def bright(self, number: int, above: int = 140) -> tuple[float, float, int]:
        """Where the middle of what is bright lies on a frame, across and down, and how many pixels it has."""
        found = [at for at, value in enumerate(self.frames[number]) if value > above]
        count = max(1, len(found))
        across = sum(at % self.width for at in found) / count
        return across, sum(at // self.width for at in found) / count, len(found)

    def rows(self, number: int, begin: float, end: float) -> bytes:
        """A band of a frame, between two shares of its height."""
        low, high = (int(self.height * share) * self.width for share in (begin, end))
        return self.frames[number][low:high]

    def detail(self, number: int, begin: float, end: float) -> int:
        """How much neighbouring pixels differ within a band."""
        band = self.rows(number, begin, end)
        return sum(abs(one - other) for one, other in pairwise(band))


def decoded(path: Path) -> Pictures:
    """Every frame of a picture or a clip."""
    facts = probe(path)
    assert facts.width
    assert facts.height
    data = ffmpeg("-i", path, "-f", "rawvideo", "-pix_fmt", "gray", "-fps_mode", "passthrough", "-")
    size = facts.width * facts.height
    frames = tuple(data[at : at + size] for at in range(0, len(data), size))
    return Pictures(facts.width, facts.height, frames)


def gaps(path: Path) -> list[Fraction]:
    """The seconds between each frame and the next."""
    with av.open(str(path)) as file:
        times = [Fraction(frame.pts or 0) * Fraction(frame.time_base or 0) for frame in file.decode(video=0)]
    return [after - before for before, after in pairwise(times)]


def fingerprint(path: Path) -> str:
    """The digest of everything decoded: colours and sound too."""
    return ffmpeg("-i", path, "-f", "hash", "-").decode()


def distance(one: Pictures, other: Pictures) -> float:
    """How far two clips are apart: the mean difference of pixels."""
    pairs = list(zip(one.frames, other.frames, strict=True))
    total = sum(abs(a - b) for left, right in pairs for a, b in zip(left, right, strict=True))
    return total / (len(pairs) * one.width * one.height)


@dataclass(slots=True)
class Stage:
    """Renders jobs, each in a folder of its own.

    Attributes:
        folder: For everything.
        count: How many there were.
    """

    folder: Path
    count: int = 0

    async def render(
        self,
        uses: str,
        model: str,
        params: Mapping[str, Any],
        *,
        output: str = "video",
        slate: bool = False,
        short_side: int | None = 90,
        take: int = 1,
    ) -> Path:
        """The file that a job gives."""
        self.count += 1
        folder = self.folder / f"job's {self.count}: [work], 100%"
        folder.mkdir()
        job = Job(
            "plate/010", take, uses, model, params, output, Rendition(short_side, slate), True, folder,
            _heard,
        )  # fmt: skip
        path = await provider().render(job)
        assert path.is_relative_to(folder)
        return path

    async def moved(self, picture: Input, motion: str, **params: Any) -> Path:
        """A picture under a camera move, a second long and silent."""
        wanted = {"camera_motion": motion, "duration": 1, "generate_audio": False, "prompt": "", **params}
        return await self.render("image-to-video", "ltx-2-3-pro", {"input_image": picture, **wanted})

    async def restyled(self, video: Input, **params: Any) -> Path:
        """A video restyled, nine frames and silent."""
        wanted = {"num_frames": 9, "seed": 5, "generate_audio": False, "prompt": "", **params}
        return await self.render("reference-video-to-video", REFERENCE, {"input_video": video, **wanted})


def _heard(part: float) -> None:
    """Progress is a share of the whole."""
    assert 0 <= part <= 1


def facts(path: Path) -> MediaFacts:
    """What a rendered file is."""
    return probe(path)
