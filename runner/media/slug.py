"""A slug: black, in the place of a clip that is missing, and saying which."""

from __future__ import annotations

from pathlib import Path

from runner.media import encode, ffmpeg
from runner.media.conform import Frame


def slug(address: str, frame: Frame, frames: int, folder: Path) -> ffmpeg.Stream:
    """The pictures of a slug, with the address burnt in."""
    name = f"color=black:s={frame.width}x{frame.height}:r={encode.rate(frame.fps)}"
    black = ffmpeg.opened(name, f="lavfi").filter("trim", end_frame=frames)
    return black.filter("format", "yuv420p").filter("setsar", 1)
