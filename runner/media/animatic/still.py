"""Pictures from stills: one with a moving camera, one with the focus racked, two that become one another."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

from runner.job import Input
from runner.media import conform, encode, ffmpeg
from runner.media.animatic.canvas import Canvas
from runner.media.animatic.travel import Framing, Travel, merged, room

_GRID = (32, 18)
_names = itertools.count()


def moved(picture: Input, path: Sequence[Framing], canvas: Canvas) -> Any:
    """The picture under a moving camera."""
    return _seen(picture, path, canvas)


def racked(
    picture: Input, path: Sequence[Framing], focus: Callable[[int, float, float], float], canvas: Canvas
) -> Any:
    """The picture with its focus racked.

    Args:
        picture: The still.
        path: Of the camera.
        focus: How blurred a place is, 0 to 1, by frame and by place: 0 to 1 from the left, and from the top.
        canvas: What it is drawn on.
    """
    travel = Travel(path, room(picture, canvas), canvas)
    levels = travel.prepared(picture).filter_multi_output("split", 3)
    sigma = min(canvas.width, canvas.height) / 110
    soft = levels.stream(1).filter("gblur", sigma=sigma)
    softer = levels.stream(2).filter("gblur", sigma=3 * sigma)
    sharp, soft, softer = travel.over(levels.stream(0), soft, softer)
    half = _masked(sharp, soft, lambda n, x, y: min(1.0, 2 * focus(n, x, y)), canvas)
    return conform.tagged(_masked(half, softer, lambda n, x, y: max(0.0, 2 * focus(n, x, y) - 1), canvas))


def morphed(
    first: tuple[Input, Sequence[Framing]],
    last: tuple[Input, Sequence[Framing]],
    blend: Callable[[int, float, float], float],
    canvas: Canvas,
) -> Any:
    """Two pictures, each under a camera of its own, one becoming the other.

    Args:
        first: A still and the path over it.
        last: The other still and its path.
        blend: How much of the other is seen, 0 to 1, by frame and place as in `racked`.
        canvas: What it is drawn on.
    """
    under, over = (_seen(picture, path, canvas) for picture, path in (first, last))
    return _masked(under, over, blend, canvas)


def _seen(picture: Input, path: Sequence[Framing], canvas: Canvas) -> Any:
    travel = Travel(path, room(picture, canvas), canvas)
    (seen,) = travel.over(travel.prepared(picture))
    return conform.tagged(seen)


def _masked(under: Any, over: Any, amount: Callable[[int, float, float], float], canvas: Canvas) -> Any:
    """One stream over another, as much of it as `amount` says; a coarse grid of it is kept, and smoothed."""
    across, down = _GRID
    grid = bytearray()
    for number in range(canvas.frames):
        grid.extend(
            round(255 * min(1.0, max(0.0, amount(number, (x + 0.5) / across, (y + 0.5) / down))))
            for y in range(down)
            for x in range(across)
        )
    path = canvas.folder / f"{next(_names):x}.mask"
    path.write_bytes(grid)
    mask = ffmpeg.opened(
        f"file:{path}", f="rawvideo", pixel_format="gray", video_size=_GRID,
        framerate=encode.rate(canvas.fps),
    ).filter_multi_output("split", 3)  # fmt: skip
    planes = [
        mask.stream(number).filter("scale", canvas.width // parts, canvas.height // parts, flags="bilinear")
        for number, parts in enumerate((1, 2, 2))
    ]
    return ffmpeg.joined([under, over, merged(planes, "yuv420p")], "maskedmerge")
