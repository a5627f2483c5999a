"""A camera moving over a still picture, smoothly to a fraction of a pixel.

The picture is first made several times as large as the frame, softly, so that taking the nearest of its
pixels is as good as interpolating. Which pixel that is, is worked out here, for each column and each row of
each frame, and ffmpeg only looks it up: quick, exact, and without the jitter of moving by whole pixels.
"""

from __future__ import annotations

import itertools
import math
import sys
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

from runner.job import Input
from runner.media import conform, encode, ffmpeg
from runner.media.animatic.canvas import Canvas

# Beyond this much more than the frame in one direction, the picture's edges are never visited.
MOST_ROOM = 0.4
_PIXELS = 20_000_000
_FINE_BITS = 16
_FINE = 1 << _FINE_BITS
_names = itertools.count()


@dataclass(frozen=True, slots=True)
class Framing:
    """What the camera sees at one moment.

    Attributes:
        x: Of the middle of the view, in widths of the widest view, from the middle of the picture.
        y: The same downwards, in heights of the widest view.
        span: How much of the widest view is seen, 1 for all; smaller is nearer.
    """

    x: float
    y: float
    span: float


def room(picture: Input, canvas: Canvas) -> tuple[float, float]:
    """How much more of the picture there is than the widest view shows: in view widths, in view heights."""
    wider = conform.shape(picture.facts) / Fraction(canvas.width, canvas.height)
    return min(MOST_ROOM, max(0.0, float(wider) - 1)), min(MOST_ROOM, max(0.0, float(1 / wider) - 1))


class Travel:
    """A path over pictures of one shape, written down once and taken over as many of them as are wanted."""

    def __init__(self, path: Sequence[Framing], extra: tuple[float, float], canvas: Canvas) -> None:
        self._canvas = canvas
        self._closest = min(framing.span for framing in path)
        self._extra = extra
        times = _times(canvas, extra)
        self._large = [2 * math.ceil(self._size(1, side) * times / 2) for side in (0, 1)]
        self._maps = [self._lookups(path, parts) for parts in (1, 2)]

    def over(self, *pictures: Any) -> list[Any]:
        """The view along the path over each picture: streams as long as the path, in yuv420p.

        Args:
            pictures: Streams of one picture each, from `prepared`.
        """
        planes = [self._planes(picture) for picture in pictures]
        # Brightness and colour are looked up each at its own size, which is half the work of doing it at one.
        bright = looked_up({y: "gray" for y, _, _ in planes}, self._opened(1))
        colors = looked_up({plane: "gray" for _, *both in planes for plane in both}, self._opened(2))
        triples = zip(bright, colors[::2], colors[1::2], strict=True)
        return [merged(triple, "yuv420p").filter("setsar", 1) for triple in triples]

    def _planes(self, picture: Any) -> list[Any]:
        large = picture.filter("scale", *self._large, flags="bicubic").filter("format", "yuv420p")
        parts = large.filter_multi_output("extractplanes", "y+u+v")
        return [held(parts.stream(number), self._canvas) for number in range(3)]

    def prepared(self, picture: Input) -> Any:
        """A picture made ready: cut to the shape wanted, and no finer than the nearest view can show."""
        across, down = (self._size(1 / self._closest, side) for side in (0, 1))
        shape = conform.shape(picture.facts)
        stream = ffmpeg.source(picture.path, picture.facts, threads=1).video
        return (
            stream.filter("format", "rgb24")
            .filter(
                "scale", max(across, math.ceil(down * shape)), max(down, math.ceil(across / shape)),
                flags=encode.SCALER, out_color_matrix="bt709", out_range="tv",
            )
            .filter("format", "yuv444p")
            .filter("crop", across, down)
            .filter("setsar", 1)
        )  # fmt: skip

    def _size(self, scale: float, side: int) -> int:
        length = (self._canvas.width, self._canvas.height)[side]
        return max(2, math.ceil(length * (1 + self._extra[side]) * scale))

    def _lookups(self, path: Sequence[Framing], parts: int) -> tuple[Path, Path]:
        """Write down which column, and which row, of the large picture made so many times smaller is seen."""
        canvas, number = self._canvas, next(_names)
        found: list[Path] = []
        for side, places in enumerate(([(f.x, f.span) for f in path], [(f.y, f.span) for f in path])):
            length = (canvas.width, canvas.height)[side] // parts
            data = _lookups(length, self._large[side] // parts, self._extra[side], places)
            found.append(canvas.folder / f"{number:x}.{('columns', 'rows')[side]}")
            found[-1].write_bytes(data)
        return found[0], found[1]

    def _opened(self, parts: int) -> list[Any]:
        across, down = self._canvas.width // parts, self._canvas.height // parts
        rate = encode.rate(self._canvas.fps)
        return [
            ffmpeg.opened(
                f"file:{path}", f="rawvideo", pixel_format="gray16le", video_size=size, framerate=rate
            ).filter("scale", across, down, flags="neighbor")
            for path, size in zip(self._maps[parts - 1], ((across, 1), (1, down)), strict=True)
        ]


def looked_up(streams: Mapping[Any, Literal["color", "gray"]], maps: Sequence[Any]) -> list[Any]:
    """Each stream's pixels taken from where the two maps say: from which column, and from which row.

    Args:
        streams: Each with what it has; a grey one would else be looked up as if it were a coloured one.
        maps: For every pixel the column, and the row, as numbers of 16 bits.
    """
    shared = [each.filter_multi_output("split", len(streams)) for each in maps]
    return [
        ffmpeg.joined([stream, *(each.stream(number) for each in shared)], "remap", format=pixels)
        for number, (stream, pixels) in enumerate(streams.items())
    ]


def merged(planes: Sequence[Any], pixels: str) -> Any:
    """One stream of three grey ones, which become its planes."""
    return ffmpeg.joined(planes, "mergeplanes", format=pixels, map1s=1, map2s=2)


def held(picture: Any, canvas: Canvas) -> Any:
    """A stream of one picture, shown again and again without end at the canvas's rate."""
    shown = picture.filter("loop", loop=-1, size=1)
    counted = shown.filter("settb", encode.rate(1 / canvas.fps)).filter("setpts", "N")
    # A stream that began as a still says 25 a second, whatever its times are; this puts it right.
    return counted.filter("fps", encode.rate(canvas.fps))


def _times(canvas: Canvas, extra: tuple[float, float]) -> int:
    """How many times as large as the frame the picture is made: 4, or fewer where that would be too much."""
    pixels = canvas.width * canvas.height * (1 + extra[0]) * (1 + extra[1])
    return max(1, min(4, math.isqrt(int(_PIXELS / pixels))))


def _lookups(length: int, large: int, extra: float, path: Sequence[tuple[float, float]]) -> bytes:
    """For each frame, which of `large` pixels each of `length` shows."""
    scale = large / (1 + extra)
    found = array("H")
    for middle, span in path:
        # In 65536ths of a pixel, because a range of whole numbers is much the quickest way to count.
        step = max(1, round(span * scale / length * _FINE))
        begin = round((large / 2 + middle * scale) * _FINE) - (length * step - step) // 2
        places: Sequence[int] = range(begin, begin + length * step, step)
        if begin < 0 or places[-1] >= large * _FINE:
            places = [min(large * _FINE - 1, max(0, place)) for place in places]
        found.extend([place >> _FINE_BITS for place in places])
    if sys.byteorder == "big":
        found.byteswap()
    return found.tobytes()
