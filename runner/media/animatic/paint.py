"""Pictures painted over: in broad strokes that stray, in a palette's colours, with drawn lines and a grain.

Everything left to chance is drawn from the canvas's seed, a few variants of it, shown in turn a few times a
second, as in animation painted by hand.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from runner.media import encode, ffmpeg
from runner.media.animatic.canvas import Canvas
from runner.media.animatic.travel import looked_up, merged

_VARIANTS = 3
_BOIL = 8
_CELLS = 24
_FOOT = 0.88
_LEAST = 0.5
_names = itertools.count()


@dataclass(frozen=True, slots=True)
class Brush:
    """How a picture is painted.

    Attributes:
        radius: Of a stroke, pixels.
        flatness: How different two tones may be to become one stroke, as part of all tones.
        wobble: The most that a place strays from where it was, pixels.
        hold: For how many frames a painting is held.
        lines: How strong the drawn lines are, 0 to 1.
        grain: How strong the grain of strokes is, 0 to 1.
        upright: Whether strokes run down, and not across.
        strength: How much of the painting is seen over the picture under it, 0 to 1.
        colors: A `.cube` file that gives each colour another.
    """

    radius: int
    flatness: float
    wobble: float
    hold: int
    lines: float
    grain: float
    upright: bool
    strength: float
    colors: Path


def painted(picture: Any, lines: Any, brush: Brush, canvas: Canvas, *, only: Any | None = None) -> Any:
    """Paint a stream over.

    Args:
        picture: In yuv420p, of the canvas's size.
        lines: White lines on black, likewise, for the pictures that `kept` keeps; they are drawn dark.
        brush: How.
        canvas: What it is drawn on.
        only: Where it is painted at all: as bright as this stream is; everywhere if None.
    """
    parts = picture.filter_multi_output("split")
    work = kept(parts.stream(0), brush).filter("format", "gbrp")
    grey = lines.filter("format", "gray")
    if brush.wobble >= _LEAST:
        work, grey = _strayed({work: "color", grey: "gray"}, brush.wobble, canvas)
    # At 16 bits the look-up is three times as quick as at 8, because only there it is vectorised.
    work = work.filter("format", "gbrp16").filter("lut3d", file=str(brush.colors), interp="tetrahedral")
    work = work.filter("scale", out_color_matrix="bt709", out_range="tv").filter("format", "yuv420p")
    work = work.filter("bilateral", sigmaS=brush.radius * 1.5, sigmaR=f"{brush.flatness:.3f}")
    work = _lined(work, grey.filter("format", "yuv420p"), brush.lines)
    work = _grained(work, brush, canvas)
    # Only now, so that a painting that is held for two frames is painted once.
    work = work.filter("fps", encode.rate(canvas.fps))
    if only is not None:
        mask = only.filter("gblur", sigma=brush.radius * 2).filter("lutyuv", y="(val-16)*6", u="128", v="128")
        return _within(parts.stream(1), work, mask.filter("format", "gray"), brush.strength)
    if brush.strength >= 1:
        return _first_of(work, parts.stream(1))
    return ffmpeg.joined(
        [work, parts.stream(1)], "blend", all_mode="normal", all_opacity=f"{brush.strength:.4f}"
    )


def kept(stream: Any, brush: Brush) -> Any:
    """The pictures that are painted: of each few, for which a painting is held, the first."""
    return stream.filter("framestep", brush.hold) if brush.hold > 1 else stream


def _first_of(shown: Any, other: Any) -> Any:
    """Only `shown`; the other is used up, as every stream must be."""
    return ffmpeg.joined([shown, other], "blend", all_mode="normal", all_opacity=1)


def _within(under: Any, over: Any, mask: Any, strength: float) -> Any:
    """One stream over another where a grey mask is bright."""
    grey = mask.filter("lut", y=f"val*{strength:.4f}").filter_multi_output("split", 3)
    planes = merged([grey.stream(number) for number in range(3)], "yuv444p")
    full = [stream.filter("format", "yuv444p") for stream in (under, over)]
    return ffmpeg.joined([*full, planes], "maskedmerge").filter("format", "yuv420p")


def _lined(work: Any, lines: Any, strength: float) -> Any:
    dark = work.filter_multi_output("split")
    ink = dark.stream(1).filter("lutyuv", y="16+(val-16)*0.22")
    mask = lines.filter("gblur", sigma=0.6).filter("lutyuv", y=f"min(255,(val-16)*1.9*{strength:.4f})")
    return ffmpeg.joined([dark.stream(0), ink, mask], "maskedmerge", planes=1)


def _grained(work: Any, brush: Brush, canvas: Canvas) -> Any:
    chance = random.Random(canvas.seed + 1)  # noqa: S311 - Chance for the eye.
    across, down = max(8, canvas.width // 2), max(4, canvas.height // 14)
    if brush.upright:
        across, down = max(4, canvas.width // 14), max(8, canvas.height // 2)
    data = b"".join(_soft(chance.randbytes(across * down)) for _ in range(_VARIANTS))
    strokes = _boiling(data, (across, down), "gray", canvas)
    strokes = strokes.filter("scale", canvas.width, canvas.height, flags="bicubic").filter(
        "format", "yuv420p"
    )
    quiet = {
        f"c{plane}_{what}": value
        for plane in (1, 2)
        for what, value in (("mode", "softlight"), ("opacity", 0))
    }
    return ffmpeg.joined(
        [work, strokes], "blend", c0_mode="softlight", c0_opacity=f"{brush.grain:.3f}", shortest=1, **quiet
    )


def _soft(data: bytes) -> bytes:
    """Chance nearer to the middle grey, as the strokes of one brush are."""
    return bytes(64 + value // 2 for value in data)


def _strayed(streams: Mapping[Any, Literal["color", "gray"]], most: float, canvas: Canvas) -> list[Any]:
    """Every place a little beside where it was; places near each other stray alike, and so do the streams."""
    maps = []
    # A margin of two cells keeps the smoothing of the coarse grid out of the picture.
    cell = max(4, canvas.width // _CELLS)
    across, down = canvas.width // cell + 5, canvas.height // cell + 5
    for side, length in enumerate((canvas.width, canvas.height)):
        chance = random.Random(canvas.seed * 2 + side)  # noqa: S311 - Chance for the eye.
        data = bytearray()
        for _ in range(_VARIANTS):
            for y, x in itertools.product(range(down), range(across)):
                # The foot stays as it is: a slate may lie there, and the next covers it only where it was.
                free = min(1.0, max(0.0, (_FOOT * canvas.height - (y - 1) * cell) / (4 * cell)))
                at = ((x, y)[side] - 2 + 0.5) * cell + free * chance.uniform(-most, most)
                data += int(min(length - 1, max(0.0, at))).to_bytes(2, "little")
        grid = _boiling(bytes(data), (across, down), "gray16le", canvas)
        smooth = grid.filter("scale", across * cell, down * cell, flags="bilinear")
        maps.append(smooth.filter("crop", canvas.width, canvas.height, 2 * cell, 2 * cell))
    return looked_up(streams, maps)


def _boiling(data: bytes, size: tuple[int, int], pixels: str, canvas: Canvas) -> Any:
    """The variants in turn, without end, at the rate of the canvas."""
    path = canvas.folder / f"{next(_names):x}.chance"
    path.write_bytes(data)
    stream = ffmpeg.opened(
        f"file:{path}", f="rawvideo", pixel_format=pixels, video_size=size, framerate=_BOIL, stream_loop=-1
    )
    return stream.filter("fps", encode.rate(canvas.fps))
