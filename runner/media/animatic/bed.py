"""A quiet bed of sound: a soft chord over room tone, made from a seed and always the same for it.

It says that a clip will have sound, and how long; about -30 LUFS, so that it disturbs nobody.
"""

from __future__ import annotations

import math
import random
from typing import Any

from runner.media import encode, ffmpeg
from runner.media.animatic.canvas import Canvas

# All of it is low, so few samples are enough, and they are quick to make.
_RATE = 4_000
_CHORDS = ((0, 7, 12, 16), (0, 7, 12, 15), (0, 5, 12, 17), (0, 7, 14, 19), (0, 3, 10, 15))
_ROOTS = (82.41, 87.31, 92.50, 98.00, 103.83, 110.00)
_LEVELS = (0.027, 0.0175, 0.0125, 0.007)
_FADE = 0.6
BED_RATE = "64k"


def bed(canvas: Canvas, samples: int | None = None) -> Any:
    """A stereo stream of so many samples at 48 kHz; as many as the canvas has, unless told."""
    length = canvas.samples if samples is None else samples
    seconds = length / encode.SAMPLE_RATE
    chance = random.Random(canvas.seed)  # noqa: S311 - Chance for the ear; nothing is kept secret by it.
    root, steps = chance.choice(_ROOTS), chance.choice(_CHORDS)
    left, right = (_voice(chance, root, steps, side) for side in (-1, 1))
    chord = ffmpeg.opened(f"aevalsrc=exprs={left}|{right}:s={_RATE}:d={seconds + 1:.4f}", f="lavfi")
    air = ffmpeg.opened(
        f"anoisesrc=color=brown:amplitude=0.04:seed={canvas.seed % 2**31}:r={_RATE}:d={seconds + 1:.4f}",
        f="lavfi",
    )
    low = {"sample_fmts": "flt", "channel_layouts": "stereo"}
    fade = min(_FADE, seconds / 3)
    return (
        ffmpeg.joined([chord.filter("aformat", **low), air.filter("aformat", **low)], "amix", normalize=0)
        .filter("aresample", encode.SAMPLE_RATE, filter_size=16)
        .filter("atrim", end_sample=length)
        .filter("afade", type="in", duration=f"{fade:.4f}", curve="qsin")
        .filter("afade", type="out", start_time=f"{seconds - fade:.4f}", duration=f"{fade:.4f}", curve="qsin")
    )


def _voice(chance: random.Random, root: float, chord: tuple[int, ...], side: int) -> str:
    """One channel: each note swells at a pace of its own, and is a little apart from the other channel's."""
    terms = []
    for level, step in zip(_LEVELS, chord, strict=True):
        pitch = root * 2 ** (step / 12) + side * 0.11
        pace, begin = 0.05 + chance.random() * 0.12, chance.random() * math.tau
        swell = f"(1+0.45*sin({math.tau * pace:.5f}*t+{begin:.4f}))"
        terms.append(f"{level}*{swell}*sin({math.tau * pitch:.4f}*t)")
    return "+".join(terms)
