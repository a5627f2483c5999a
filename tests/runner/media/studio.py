"""Tiny clips to test with, made by the real ffmpeg, and ways to look at what came out."""

from __future__ import annotations

import struct
import subprocess
import zlib
from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av

from runner.job import Input, Job, Rendition
from runner.media.ffmpeg import executable
from runner.media.probe import probe

PICTURE = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")


def ffmpeg(*arguments: str | Path) -> bytes:
    """Run ffmpeg, and give what it wrote to its standard output."""
    command = [executable(), "-hide_banner", "-nostdin", "-v", "error", "-y", *map(str, arguments)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout


def profiled(path: Path, into: Path) -> Path:
    """Copy a PNG file, and give the copy a colour profile."""
    plain, content = path.read_bytes(), b"iCCP" + b"p\0\0" + zlib.compress(bytes(400))
    chunk = struct.pack(">L", len(content) - 4) + content + struct.pack(">L", zlib.crc32(content))
    into.write_bytes(plain[:33] + chunk + plain[33:])  # It comes after the header, which is 33 bytes long.
    return into


def source(path: Path) -> Input:
    """A file as a job's input."""
    return Input(path, "0" * 64, probe(path))


def job(
    folder: Path,
    params: Mapping[str, Any],
    *,
    uses: str = "concat",
    rendition: Rendition | None = None,
    rehearsal: bool = False,
) -> Job:
    """A job that works in a new folder."""
    folder.mkdir(parents=True)
    return Job("film", 1, uses, None, params, "video", rendition or Rendition(), rehearsal, folder, print)


@dataclass(frozen=True, slots=True)
class Studio:
    """Makes clips in a folder, each once."""

    folder: Path

    def make(self, name: str, *arguments: str | Path) -> Path:
        """A file that ffmpeg makes with these arguments, which are all but the output."""
        path = self.folder / name
        if not path.exists():
            ffmpeg(*arguments, path)
        return path

    def moving(self, name: str, seconds: float = 0.5, *, fps: str = "24", size: str = "160x90") -> Path:
        """A test pattern with a mono tone at 44.1 kHz."""
        return self.make(
            name, "-f", "lavfi", "-i", f"testsrc2=s={size}:r={fps}:d={seconds}",
            "-f", "lavfi", "-i", f"sine=f=440:r=44100:d={seconds}", *PICTURE, "-bf", "2",
        )  # fmt: skip

    def plain(self, name: str, color: str, frames: int = 12, *, fps: str = "24") -> Path:
        """One colour, without sound."""
        pictures = f"color={color}:s=160x90:r={fps}"
        return self.make(name, "-f", "lavfi", "-i", pictures, "-frames:v", str(frames), *PICTURE)

    def clapper(self, name: str, *, fps: str, rate: int) -> Path:
        """0.8 s of black and silence, with a flash and a click that begin together, 0.4 s after the start."""
        flash = "drawbox=c=white:t=fill:enable='between(t,0.399,0.46)'"
        click = f"aevalsrc='if(between(t,0.4,0.45),0.8*sin(2*PI*1000*t),0)':s={rate}:d=0.8"
        return self.make(
            name, "-f", "lavfi", "-i", f"color=black:s=160x90:r={fps}:d=0.8,{flash}",
            "-f", "lavfi", "-i", click, *PICTURE, "-c:a", "aac", "-b:a", "96k",
        )  # fmt: skip

    def odd(self) -> dict[str, Path]:
        """Clips of every awkward sort, 0.4 to 0.8 s long."""
        tone = ("-f", "lavfi", "-i", "sine=f=330:r=22050:d=0.6")
        vfr = "select='not(mod(n,3))+lt(n,20)*not(mod(n,2))'"
        return {
            "usual": self.moving("usual.mp4"),
            "ntsc": self.moving("ntsc.mp4", 0.6, fps="24000/1001"),
            "fast": self.moving("fast.mp4", 0.5, fps="60"),
            "odd size": self.make(
                "odd.mkv", "-f", "lavfi", "-i", "testsrc2=s=101x67:r=25:d=0.6", *tone,
                "-c:v", "libx264", "-pix_fmt", "yuv444p",
            ),
            "web": self.make("web.webm", "-f", "lavfi", "-i", "testsrc2=s=160x90:r=30:d=0.5", *tone),
            "silent": self.plain("silent.mp4", "red", 13, fps="25"),
            "rotated": self.make(
                "rotated.mp4", "-display_rotation", "90", "-i", self.moving("usual.mp4"), "-c", "copy",
            ),
            "varying": self.make(
                "varying.mp4", "-f", "lavfi", "-i", f"testsrc2=s=160x90:r=60:d=0.8,{vfr}",
                "-fps_mode", "vfr", *PICTURE,
            ),
            "ten bits": self.make(
                "ten.mov", "-f", "lavfi", "-i", "testsrc2=s=160x90:r=24:d=0.5", *tone,
                "-c:v", "libx264", "-pix_fmt", "yuv420p10le", "-c:a", "pcm_s16le",
            ),
            "wide pixels": self.make(
                "wide.mp4", "-f", "lavfi", "-i", "testsrc2=s=90x90:r=24:d=0.5,setsar=16/9", *PICTURE,
            ),
            "fragments": self.make(
                "fragments.mp4", "-i", self.moving("usual.mp4"), "-c", "copy",
                "-movflags", "+frag_keyframe+empty_moov",
            ),
            "one frame": self.plain("one.mp4", "blue", 1),
        }  # fmt: skip


def hashes(path: Path) -> list[str]:
    """A hash of every decoded frame and of every decoded stretch of sound."""
    lines = ffmpeg("-i", path, "-f", "framemd5", "-").decode().splitlines()
    return [line.rsplit(",", 1)[1].strip() for line in lines if not line.startswith("#")]


def lights(path: Path) -> list[float]:
    """How light each frame is, 16 to 235."""
    raw = ffmpeg(
        "-i",
        path,
        "-vf",
        "scale=1:1:flags=area,format=yuv420p",
        "-fps_mode",
        "passthrough",
        "-f",
        "rawvideo",
        "-",
    )
    return [float(raw[at]) for at in range(0, len(raw), 3)]


def waves(path: Path) -> array[float]:
    """The decoded sound of the left channel, at 48 kHz."""
    return array("f", ffmpeg("-i", path, "-vn", "-af", "pan=mono|c0=c0", "-ar", "48000", "-f", "f32le", "-"))


def instants(path: Path) -> list[Fraction]:
    """When each decoded frame is shown, in seconds."""
    with av.open(str(path)) as file:
        stream = file.streams.video[0]
        return [Fraction(frame.pts or 0) * Fraction(frame.time_base or 0) for frame in file.decode(stream)]


def steps_of(times: list[Fraction]) -> set[Fraction]:
    """The different distances between neighbours."""
    return {after - before for before, after in pairwise(times)}
