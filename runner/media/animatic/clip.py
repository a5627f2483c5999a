"""Previews of what is done to a whole video: it goes on, it grows, it becomes depth."""

from __future__ import annotations

from typing import Any, Literal

from runner.job import Input
from runner.media import conform, encode, ffmpeg
from runner.media.animatic.bed import bed
from runner.media.animatic.canvas import Canvas
from runner.media.animatic.travel import held
from runner.media.sound import conformed

_COLORMAPS = ("inferno", "magma", "turbo", "viridis")


def shown(video: Input, canvas: Canvas, frames: int | None = None) -> Any:
    """A video's pictures at the canvas's size and rate; after its last frame, the last."""
    file = ffmpeg.source(video.path, video.facts, threads=1)
    lasting = canvas.frames if frames is None else frames
    return conform.picture(file.video, canvas.frame, lasting, shape=conform.shape(video.facts))


async def heard(video: Input, canvas: Canvas) -> Any | None:
    """A video's own sound, as long as the canvas; None if it has none."""
    return await conformed(video, canvas.samples) if video.facts.sound else None


def joined(video: Input, more: Any, own: int, where: Literal["start", "end"], canvas: Canvas) -> Any:
    """The video's `own` frames with more pictures before or after them."""
    pair = [shown(video, canvas, own), more]
    settled = [stream.filter("setsar", 1).filter("settb", "AVTB") for stream in pair]
    return ffmpeg.joined(settled if where == "end" else settled[::-1], "concat", n=2, v=1, a=0)


async def heard_joined(video: Input, own: int, where: Literal["start", "end"], canvas: Canvas) -> Any:
    """The video's sound, or silence, and a quiet bed under what was added."""
    mine = encode.samples(own, canvas.fps)
    added = bed(canvas, canvas.samples - mine)
    if video.facts.sound is None:
        silence = ffmpeg.opened("anullsrc=r=48000:cl=stereo", f="lavfi")
        first = silence.filter("atrim", end_sample=mine)
    else:
        first = await conformed(video, mine)
    stereo = {"sample_fmts": "fltp", "channel_layouts": "stereo", "sample_rates": encode.SAMPLE_RATE}
    pair = [stream.filter("aformat", **stereo) for stream in (first, added)]
    return ffmpeg.joined(pair if where == "end" else pair[::-1], "concat", n=2, v=0, a=1)


def deep(stream: Any, colormap: str, canvas: Canvas) -> Any:
    """A guess at depth: what is bright and low is taken to be near, and shapes are kept whole."""
    radius = max(2, canvas.height // 45)
    grey = stream.filter("format", "gray").filter("median", radius).filter("gblur", sigma=radius / 2)
    path = canvas.folder / "slope.gray"
    path.write_bytes(bytes(30 + 12 * row for row in range(16)))
    slope = ffmpeg.opened(f"file:{path}", f="rawvideo", pixel_format="gray", video_size=(1, 16))
    slope = held(slope.filter("scale", canvas.width, canvas.height, flags="bilinear"), canvas)
    near = ffmpeg.joined([grey, slope], "blend", all_mode="normal", all_opacity=0.55)
    if colormap in _COLORMAPS:
        near = near.filter("format", "yuv444p").filter("pseudocolor", preset=colormap)
    return near.filter("format", "yuv420p")
