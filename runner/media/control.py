"""The `control-video` step: what steers a model's structure, drawn from a video frame by frame."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from runner.errors import MediaError
from runner.job import Input, Job
from runner.media import conform, encode, ffmpeg
from runner.media.conform import Frame

# Found by eye on photographs at a short side of 360: lines stay whole, and grain stays out.
_BLUR = 1.6
_SHORT_SIDE = 360
_LOW = 0.06
_HIGH = 0.16


async def control_video(job: Job) -> Path:
    """Draw white lines on black where the video has edges: as many frames, at the same rate, without sound.

    Raises:
        MediaError: If the kind is not one reelmake draws, or ffmpeg fails.
    """
    source: Input = job.params["input_video"]
    if (kind := job.params.get("kind", "edges")) != "edges":
        raise MediaError(f'reelmake draws control videos of kind "edges", not "{kind}"')
    frame = conform.own_frame(source.facts)
    frames = source.facts.frames or 0
    file = ffmpeg.source(source.path, source.facts, threads=1)
    lines = edges(conform.picture(file.video, frame, frames, shape=conform.shape(source.facts)), frame)
    path = job.folder / "control.mp4"
    options = encode.picture(frame.fps) | encode.mp4()
    await ffmpeg.run(ffmpeg.output([lines], path, **options), frames=frames, progress=job.progress)
    return path


def edges(stream: Any, frame: Frame) -> Any:
    """White lines on black, on pictures of a frame's size."""
    blur = round(_BLUR * math.sqrt(min(frame.width, frame.height) / _SHORT_SIDE), 2)
    smooth = stream.filter("format", "gray").filter("gblur", sigma=blur)
    wires = smooth.filter("edgedetect", low=_LOW, high=_HIGH, mode="wires")
    # Wires are as bright as the edge is steep. What is left of them is meant, so all of it becomes white;
    # a trace of blur takes the stairs off the lines.
    white = wires.filter("lut", y="clip(val*6,0,255)").filter("gblur", sigma=0.6)
    return white.filter("lut", y="clip(val*1.5,0,255)").filter("format", "yuv420p")
