"""The slate at the foot of every picture: what it is, which take, the prompt, and the running time.

It lies on frosted glass, so that the slate of an earlier step under it cannot be read through.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runner.media import encode, ffmpeg
from runner.media.text import burn, clean, font, shortened, width

if TYPE_CHECKING:
    from runner.media.animatic.canvas import Canvas

_LEAD = "0xF5BE55"
_TEXT = "white@0.80"
_QUIET = "white@0.95"
_CLOCK = "00:00:00:00"
# A font smaller than this cannot be read on any screen.
_SMALLEST = 7


@dataclass(frozen=True, slots=True)
class Slate:
    """What is written on a slate.

    Attributes:
        address: Of the instance.
        take: Its number.
        prompt: As much of it as there is room for is shown.
        running: Whether the time runs; a still picture has none.
    """

    address: str
    take: int
    prompt: str
    running: bool = True


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things lie on a slate, in pixels.

    Attributes:
        height: Of the whole bar.
        size: Of the font.
        margin: At the left and the right.
        baseline: From the top of the bar to the top of the first line.
        second: The same for the second line; None where everything is on one.
    """

    height: int
    size: int
    margin: int
    baseline: int
    second: int | None


def layout(across: int, down: int) -> Layout:
    """The slate of a picture `across` by `down` pixels: one line, or two where the picture is upright."""
    size = max(_SMALLEST, round(min(across, down) * 0.039))
    pitch = round(size * 1.36)
    edge = round(size * 0.5)
    rows = 1 if across > down else 2
    height = 2 * ((rows * pitch + 2 * edge + 1) // 2)
    return Layout(height, size, round(size * 0.95), edge, edge + pitch if rows > 1 else None)


def burnt(stream: Any, slate: Slate, canvas: Canvas) -> Any:
    """Burn a slate into a stream of yuv420p pictures."""
    place = layout(canvas.width, canvas.height)
    parts = stream.filter_multi_output("split")
    glass = (
        parts.stream(1)
        .filter("crop", canvas.width, place.height, 0, canvas.height - place.height)
        .filter("boxblur", max(2, place.height // 3), 2, max(1, place.height // 8), 2)
        .filter("lutyuv", y="16+(val-16)*0.28", u="128+(val-128)*0.6", v="128+(val-128)*0.6")
    )
    above = parts.stream(0).filter("crop", canvas.width, canvas.height - place.height, 0, 0)
    return ffmpeg.joined([above, _written(glass, slate, place, canvas)], "vstack")


def _written(glass: Any, slate: Slate, place: Layout, canvas: Canvas) -> Any:
    size, right = place.size, canvas.width - place.margin
    if slate.running:
        right -= round(width(_CLOCK, size))
        glass = glass.filter(
            "drawtext", fontfile=str(font()), timecode=_CLOCK, timecode_rate=encode.rate(canvas.fps),
            expansion="none", fontsize=size, fontcolor=_QUIET, x=right, y=place.baseline, y_align="font",
        )  # fmt: skip
        right -= 2 * place.margin
    name = clean(slate.address) + (f"  take {slate.take}" if slate.take > 1 else "")
    name = name if width(name, size) <= right else shortened(name, size, right - place.margin)
    at = place.margin
    glass = burn(glass, name, canvas.folder, x=at, y=place.baseline, size=size, color=_LEAD)
    if place.second is None:
        at += round(width(name, size)) + place.margin
        y, room = place.baseline, right - at
    else:
        y, room = place.second, canvas.width - 2 * place.margin
    prompt = shortened(slate.prompt, size, max(0, room))
    return burn(glass, prompt, canvas.folder, x=at, y=y, size=size, color=_TEXT)
