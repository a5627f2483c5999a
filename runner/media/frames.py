"""Taking single frames, and the sound, out of a video."""

from __future__ import annotations

from bisect import bisect_right
from fractions import Fraction
from pathlib import Path

import anyio

from dsl.values import DerivedOutput
from runner.errors import MediaError
from runner.job import Input, Job
from runner.media import conform, encode, ffmpeg
from runner.media.probe import frame_times
from runner.media.sniff import SEEKABLE
from runner.media.sound import conformed

# Raised whenever `derive` would give other bytes for the same video; in the keys of what depends on it.
DERIVE_VERSION = 1


async def derive(source: Input, output: DerivedOutput, folder: Path) -> Path:
    """Make a derived output of a video.

    Returns:
        For `first_frame` and `last_frame` a PNG, for `audio` a WAV at 48 kHz, stereo, exactly as long as the
        picture: silent where the video has no sound.

    Raises:
        MediaError: If ffmpeg cannot read the video.
    """
    match output:
        case "first_frame":
            return await _frame_at(source, 0, folder / "first.png")
        case "last_frame":
            return await _frame_at(source, -1, folder / "last.png")
        case "audio":
            return await _audio(source, folder / "audio.wav")


async def frame(job: Job) -> Path:
    """The `frame` step: the frame that is on screen at a time, as a PNG.

    Raises:
        MediaError: If the time lies after the end of the video.
    """
    source: Input = job.params["input_video"]
    at = job.params.get("at", "first")
    path = job.folder / "frame.png"
    if at in ("first", "last"):
        return await _frame_at(source, 0 if at == "first" else -1, path)
    seconds = Fraction(str(at))
    lasts = source.facts.seconds or Fraction(0)
    if seconds > lasts:
        raise MediaError(f"the video has no frame at {float(seconds):g} s: it lasts {float(lasts):.3f} s")
    times = await anyio.to_thread.run_sync(frame_times, source.path, source.facts)
    # A file's clock may be a little coarser than the time asked for.
    index = bisect_right(times, times[0] + seconds + Fraction(1, 2000)) - 1
    return await _frame_at(source, index, path)


async def _frame_at(source: Input, index: int, path: Path) -> Path:
    """Write one frame, counted as in a Python list. Only what leads up to it is decoded.

    The last frame is whichever the decoder gives last, so that it is right even where a file's index is not.
    """
    times = await anyio.to_thread.run_sync(frame_times, source.path, source.facts)
    index %= len(times)
    seek, skip = _approach(source, times, index)
    if index + 1 < len(times):
        await _write(source, seek, skip, path, one=True)
    else:
        await _write(source, seek, skip, path, one=False)
        if not await anyio.Path(path).exists():
            await _write(source, None, 0, path, one=False)
    if not await anyio.Path(path).exists():
        raise MediaError("the video has no frame there that can be decoded")
    return path


def _approach(source: Input, times: list[Fraction], index: int) -> tuple[Fraction | None, int]:
    """How to come to a frame: a time just before it to seek to, or how many frames to leave out."""
    if index == 0:
        return None, 0
    if source.facts.container in SEEKABLE:
        return (times[index - 1] + times[index]) / 2, 0
    return None, index


async def _write(source: Input, seek: Fraction | None, skip: int, path: Path, *, one: bool) -> None:
    """Write the first frame after `seek` and `skip`, or all over each other, so that the last one stays."""
    place = {} if seek is None else {"ss": f"{float(seek):.6f}"}
    stream = ffmpeg.source(source.path, source.facts, threads=1, **place).video
    if skip:
        stream = stream.filter("trim", start_frame=skip)
    rgb = (
        conform.unprofiled(stream)
        .filter("scale", source.facts.width, source.facts.height, flags=encode.SCALER, out_range="pc")
        .filter("format", "rgb24")
    )
    options = {"c:v": "png", "f": "image2", "update": 1, "fps_mode": "passthrough", **encode.BITEXACT}
    if one:
        options["frames:v"] = 1
    await ffmpeg.run(ffmpeg.output([rgb.filter("setsar", 1)], path, **options), may_be_empty=True)


async def _audio(source: Input, path: Path) -> Path:
    seconds = source.facts.seconds or Fraction(0)
    samples = encode.samples_of(seconds)
    if source.facts.sound is None:
        stream = ffmpeg.opened("anullsrc=r=48000:cl=stereo", f="lavfi").filter("atrim", end_sample=samples)
    else:
        stream = await conformed(source, samples)
    await ffmpeg.run(ffmpeg.output([stream], path, **{"c:a": "pcm_s16le", "f": "wav", **encode.BITEXACT}))
    return path
