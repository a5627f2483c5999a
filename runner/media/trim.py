"""The `trim` step: a stretch of a video, exact to the frame, with the sound that belongs to it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import anyio

from dsl.timeline import frames_of
from runner.errors import MediaError
from runner.job import Input, Job
from runner.media import conform, encode, ffmpeg
from runner.media.probe import lead
from runner.media.sniff import SEEKABLE

RUN_UP = Fraction(10)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Frames of a video, counted at its own rate: `frames` of them, from `start` on."""

    start: int
    frames: int


def stretch(start: Fraction, end: Fraction | None, lasts: Fraction, fps: Fraction) -> Stretch:
    """Which frames lie between two times in seconds.

    The number of frames is that of the length, so that `plan` knows it: 0.5 s to 1.5 s is always one second.

    Raises:
        MediaError: If that is no stretch of a video that lasts `lasts` seconds.
    """
    whole = frames_of(lasts, fps)
    first = frames_of(start, fps)
    frames = frames_of((lasts if end is None else end) - start, fps)
    if frames < 1:
        raise MediaError(f"nothing is left between {float(start):g} s and the end of the stretch")
    if end is not None and frames_of(end, fps) > whole:
        raise MediaError(f"the stretch ends at {float(end):g} s, and the video lasts {float(lasts):.3f} s")
    return Stretch(min(first, whole - frames), frames)


async def trim(job: Job) -> Path:
    """Cut the stretch out, and encode it.

    Raises:
        MediaError: If the stretch does not lie within the video, or ffmpeg fails.
    """
    source: Input = job.params["input_video"]
    frame = conform.own_frame(source.facts)
    end = job.params.get("end")
    part = stretch(
        Fraction(str(job.params.get("start", 0))),
        None if end is None else Fraction(str(end)),
        source.facts.seconds or Fraction(0),
        frame.fps,
    )
    before = await anyio.to_thread.run_sync(lead, source.path, source.facts)
    sought = _approach(source, part, frame.fps)
    at = before + sought / frame.fps if sought else Fraction(0)
    place = {"ss": f"{float(at):.6f}"} if sought else {}
    file = ffmpeg.source(source.path, source.facts, threads=1, **place)
    streams = [
        conform.picture(
            file.video,
            frame,
            part.frames,
            shape=conform.shape(source.facts),
            start=part.start - sought,
            sought=sought > 0,
        )
    ]
    options = encode.picture(frame.fps) | encode.mp4()
    if source.facts.sound is not None:
        begin = encode.samples(part.start, frame.fps)
        samples = encode.samples(part.start + part.frames, frame.fps) - begin
        skip = before + Fraction(begin, encode.SAMPLE_RATE) - at
        streams.append(conform.sound(file.audio, samples, channels=source.facts.sound.channels, skip=skip))
        options |= encode.sound()
    path = job.folder / "trim.mp4"
    await ffmpeg.run(ffmpeg.output(streams, path, **options), frames=part.frames, progress=job.progress)
    return path


def _approach(source: Input, part: Stretch, fps: Fraction) -> int:
    """The frame to open the file at, so that an hour before the stretch need not be decoded.

    A run-up is left, since right after seeking the frame that is still on screen is not known.
    """
    if source.facts.container not in SEEKABLE:
        return 0
    return max(0, part.start - frames_of(RUN_UP, fps))
