"""The `control-video` step: what steers a model's structure, drawn from a video frame by frame."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from runner.errors import MediaError
from runner.job import Input, Job
from runner.media import conform, encode, ffmpeg

# Found by eye on photographs and animation: lines stay whole and film grain stays out.
_BLUR = 1.0
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
    lines = edges(conform.picture(file.video, frame, frames))
    path = job.folder / "control.mp4"
    options = encode.picture(frame.fps) | encode.mp4()
    await ffmpeg.run(ffmpeg.output([lines], path, **options), frames=frames, progress=job.progress)
    return path


def edges(stream: Any) -> Any:
    """White lines on black."""
    grey = stream.filter("format", "gray").filter("gblur", sigma=_BLUR)
    return grey.filter("edgedetect", low=_LOW, high=_HIGH, mode="wires").filter("format", "yuv420p")
