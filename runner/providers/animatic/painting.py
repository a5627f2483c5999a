"""How a video or a picture is painted over: the model's parameters as a brush."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import anyio

from runner.job import Input
from runner.media import conform, control, ffmpeg
from runner.media.animatic.canvas import Canvas
from runner.media.animatic.colors import sampled
from runner.media.animatic.paint import Brush, kept, painted
from runner.media.animatic.travel import held
from runner.providers.animatic.palette import cube, invented, palette


def brush(canvas: Canvas, *, fidelity: float, strength: float, colors: Path) -> Brush:
    """A brush.

    Args:
        canvas: What is painted on; its seed chooses the direction of the strokes and their grain.
        fidelity: `video_strength`: at 1 the lines and the motion are the reference's; the lower it is, the
            broader the strokes, the farther things stray, and the longer each painting is held.
        strength: How much of the reference's own picture is painted over.
        colors: The table of colours.
    """
    freedom = 1 - min(1.0, max(0.0, fidelity))
    short = min(canvas.width, canvas.height)
    chance = random.Random(canvas.seed)  # noqa: S311 - Chance for the eye.
    upright = chance.random() < 0.5  # noqa: PLR2004 - A coin.
    return Brush(
        radius=max(1, round(short * (0.006 + 0.022 * freedom))),
        flatness=0.10 + 0.16 * freedom,
        wobble=short * 0.075 * freedom**1.5,
        hold=1 + round(max(1.0, float(canvas.fps) / 8) * freedom),
        lines=0.25 + 0.75 * (1 - freedom),
        grain=0.45 + 0.25 * chance.random(),
        upright=upright,
        strength=min(1.0, max(0.0, strength)),
        colors=colors,
    )


async def color_table(source: Input, anchor: Input | None, canvas: Canvas) -> Path:
    """Write the table that gives a source's colours those of the anchor, or of a palette the seed chooses."""
    to = palette(await sampled(anchor, canvas.folder)) if anchor is not None else invented(canvas.seed)
    of = palette(await sampled(source, canvas.folder))
    path = canvas.folder / "colors.cube"
    text = await anyio.to_thread.run_sync(cube, of, to, canvas.seed)
    path.write_text(text, encoding="ascii")
    return path


async def painted_still(picture: Input, canvas: Canvas) -> Any:
    """A picture painted over, half of it left as it was."""
    colors = await color_table(picture, None, canvas)
    picked = ffmpeg.source(picture.path, picture.facts, threads=1).video.filter("format", "rgb24")
    still = conform.fitted(picked, canvas.frame, conform.shape(picture.facts))
    parts = held(still, canvas).filter_multi_output("split")
    look = brush(canvas, fidelity=0.8, strength=0.8, colors=colors)
    lines = control.edges(kept(parts.stream(1), look), canvas.frame)
    return painted(parts.stream(0), lines, look, canvas)
