"""A slug: black, in the place of a clip that is missing, and saying which."""

from __future__ import annotations

from pathlib import Path

from runner.media import encode, ffmpeg
from runner.media.conform import Frame
from runner.media.text import burn, shortened, width

_NOTE = "missing"


def slug(address: str, frame: Frame, frames: int, folder: Path) -> ffmpeg.Stream:
    """The pictures of a slug, with the address burnt in."""
    name = f"color=black:s={frame.width}x{frame.height}:r={encode.rate(frame.fps)}"
    black = ffmpeg.opened(name, f="lavfi").filter("trim", end_frame=frames).filter("format", "yuv420p")
    size = max(8, min(frame.width // 10, frame.height // 7))
    named = _centred(black, address, frame, folder, y=frame.height // 2 - size, size=size, color="white@0.9")
    below = frame.height // 2 + size // 2
    noted = _centred(named, _NOTE, frame, folder, y=below, size=size // 2, color="white@0.5")
    return noted.filter("setsar", 1)


def _centred(
    stream: ffmpeg.Stream, text: str, frame: Frame, folder: Path, *, y: int, size: int, color: str
) -> ffmpeg.Stream:
    line = shortened(text, size, 0.9 * frame.width)
    left = round((frame.width - width(line, size)) / 2)
    return burn(stream, line, folder, x=left, y=y, size=size, color=color)
