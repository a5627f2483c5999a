"""The colours of media, taken small: enough to know a palette by."""

from __future__ import annotations

from pathlib import Path

from runner.job import Input
from runner.media import ffmpeg

SAMPLE = (32, 18)


async def sampled(source: Input, folder: Path, most: int = 6) -> bytes:
    """Pixels of a picture, or of some pictures of a video, as red, green and blue bytes.

    Raises:
        MediaError: If ffmpeg cannot read it.
    """
    path = folder / f"{source.digest[:16]}.colors"
    video = source.facts.media == "video"
    # Key frames alone tell the colours, and are all that has to be decoded.
    options = {"skip_frame": "nokey"} if video else {}
    stream = ffmpeg.source(source.path, source.facts, threads=1, **options).video
    small = stream.filter("scale", *SAMPLE, flags="area").filter("format", "rgb24")
    await ffmpeg.run(
        ffmpeg.output(
            [small], path, f="rawvideo", pix_fmt="rgb24", fps_mode="passthrough", **{"frames:v": most}
        )
    )
    return path.read_bytes()
