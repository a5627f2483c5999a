"""A quiet bed of sound: a soft chord over room tone, made from a seed and always the same for it.

It says that a clip will have sound, and how long; about -30 LUFS, so that it disturbs nobody.
"""

from __future__ import annotations

import math
import random
from typing import Any

from runner.media import encode, ffmpeg
from runner.media.animatic.canvas import Canvas

# The chord is low, so few samples are enough, and ffmpeg's expressions are slow.
_CHORD_RATE = 4_000
_CHORDS = ((0, 7, 12, 16), (0, 7, 12, 15), (0, 5, 12, 17), (0, 7, 14, 19), (0, 3, 10, 15))
_ROOTS = (82.41, 87.31, 92.50, 98.00, 103.83, 110.00)
_LEVELS = (0.034, 0.022, 0.016, 0.009)
_FADE = 0.6


def bed(canvas: Canvas, samples: int | None = None) -> Any:
    """A stereo stream of so many samples at 48 kHz; as many as the canvas has, unless told."""
    length = canvas.samples if samples is None else samples
    seconds = length / encode.SAMPLE_RATE
    chance = random.Random(canvas.seed)  # noqa: S311 - Chance for the ear; nothing is kept secret by it.
    chord = ffmpeg.opened(
        f"aevalsrc=exprs={_voice(chance, 1)}|{_voice(chance, -1)}:s={_CHORD_RATE}:d={seconds + 1:.4f}", f="lavfi"
    )
    air = ffmpeg.opened(
        f"anoisesrc=color=brown:amplitude=0.05:seed={canvas.seed % 2**31}:"
        f"r={encode.SAMPLE_RATE}:d={seconds + 1:.4f}",
        f="lavfi",
    )
    stereo = {"sample_fmts": "fltp", "channel_layouts": "stereo"}
    tone = chord.filter("aresample", encode.SAMPLE_RATE).filter("aformat", **stereo)
    room = air.filter("lowpass", 420).filter("aformat", **stereo)
    fade = min(_FADE, seconds / 3)
    return (
        ffmpeg.joined([tone, room], "amix", normalize=0)
        .filter("atrim", end_sample=length)
        .filter("afade", type="in", duration=f"{fade:.4f}", curve="qsin")
        .filter("afade", type="out", start_time=f"{seconds - fade:.4f}", duration=f"{fade:.4f}", curve="qsin")
    )


def _voice(chance: random.Random, side: int) -> str:
    """One channel: each note swells at a pace of its own, and is a little apart from the other channel's."""
    notes = random.Random(chance.random()) if side < 0 else chance  # noqa: S311 - See bed().
    root, chord = _ROOTS[notes.randrange(len(_ROOTS))], _CHORDS[notes.randrange(len(_CHORDS))]
    del notes
    terms = []
    for level, step in zip(_LEVELS, chord, strict=True):
        pitch = root * 2 ** (step / 12) + side * 0.11
        pace, begin = 0.05 + chance.random() * 0.12, chance.random() * math.tau
        swell = f"(1+0.45*sin({math.tau * pace:.5f}*t+{begin:.4f}))"
        terms.append(f"{level}*{swell}*sin({math.tau * pitch:.4f}*t)")
    return "+".join(terms)
