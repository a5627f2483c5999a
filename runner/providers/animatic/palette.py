"""Colours given to other colours: what a picture's palette makes of each colour of another. Pure."""

from __future__ import annotations

import colorsys
import itertools
import math
import random
from dataclasses import dataclass
from typing import TypeAlias

Color: TypeAlias = tuple[float, float, float]

_BINS = 12
_STEPS = 17
# How much of a colour's own hue stays, so that what was red and what was green are still told apart.
_OWN = 0.42


@dataclass(frozen=True, slots=True)
class Palette:
    """A picture's colours.

    Attributes:
        light: Its lightness at even shares of its area, from dark to bright; 0 to 1.
        hues: For each share, the two colour differences that belong to it.
    """

    light: tuple[float, ...]
    hues: tuple[tuple[float, float], ...]


def palette(pixels: bytes) -> Palette:
    """The palette of red, green and blue bytes."""
    colors = sorted(
        _split((pixels[at] / 255, pixels[at + 1] / 255, pixels[at + 2] / 255))
        for at in range(0, len(pixels) - 2, 3)
    )
    light, hues = [], []
    for number in range(_BINS):
        share = (
            colors[len(colors) * number // _BINS : max(1, len(colors) * (number + 1) // _BINS)] or colors[:1]
        )
        light.append(sum(color[0] for color in share) / len(share))
        # The stronger a colour is, the more it counts: a palette is known by what is not grey.
        weights = [0.04 + math.hypot(color[1], color[2]) for color in share]
        whole = sum(weights)
        blue = sum(color[1] * weight for color, weight in zip(share, weights, strict=True)) / whole
        red = sum(color[2] * weight for color, weight in zip(share, weights, strict=True)) / whole
        hues.append((blue, red))
    return Palette(tuple(light), tuple(hues))


def invented(seed: int) -> Palette:
    """A palette that a seed chooses: two hues far apart, the darker one colder."""
    chance = random.Random(seed)  # noqa: S311 - Chance for the eye.
    dark, bright = chance.random(), 0.0
    bright = (dark + chance.uniform(0.38, 0.62)) % 1
    colors = []
    for number in range(_BINS):
        part = (number + 0.5) / _BINS
        low = colorsys.hsv_to_rgb(dark, 0.65, part)
        high = colorsys.hsv_to_rgb(bright, 0.45, part)
        colors.append(_split(tuple(a + (b - a) * part for a, b in zip(low, high, strict=True))))  # type: ignore[arg-type]
    return Palette(tuple(color[0] for color in colors), tuple((color[1], color[2]) for color in colors))


def cube(of: Palette, to: Palette, seed: int) -> str:
    """A 3D table in the `.cube` format that gives the colours of one picture those of another's palette.

    Lightness goes part of the way to the palette's, rank for rank; colour is the palette's at that rank,
    with some of its own; the seed turns the whole a little.
    """
    turn = random.Random(seed).uniform(-0.22, 0.22)  # noqa: S311 - Chance for the eye.
    cosine, sine = math.cos(turn), math.sin(turn)
    lines = [f"LUT_3D_SIZE {_STEPS}"]
    steps = [step / (_STEPS - 1) for step in range(_STEPS)]
    for blue, green, red in itertools.product(steps, repeat=3):
        light, b, r = _split((red, green, blue))
        rank = _rank(of.light, light)
        toned = light * 0.62 + _at(to.light, rank) * 0.38
        hue_b, hue_r = _at([hue[0] for hue in to.hues], rank), _at([hue[1] for hue in to.hues], rank)
        b, r = hue_b * 0.80 + b * _OWN, hue_r * 0.80 + r * _OWN
        b, r = b * cosine - r * sine, b * sine + r * cosine
        lines.append(" ".join(f"{value:.5f}" for value in _joined((toned, b, r))))
    return "\n".join(lines) + "\n"


def _split(color: Color) -> Color:
    """Lightness and two colour differences, as bt709 has them."""
    red, green, blue = color
    light = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return light, (blue - light) / 1.8556, (red - light) / 1.5748


def _joined(color: Color) -> Color:
    light, b, r = color
    red, blue = light + 1.5748 * r, light + 1.8556 * b
    green = (light - 0.2126 * red - 0.0722 * blue) / 0.7152
    return _clipped(red), _clipped(green), _clipped(blue)


def _clipped(value: float) -> float:
    return min(1.0, max(0.0, value))


def _rank(light: tuple[float, ...], value: float) -> float:
    """What share of a picture is darker, 0 to 1; smoothed, so that no tone is torn apart."""
    darker = sum(_clipped((value - each) / 0.2 + 0.5) for each in light) / len(light)
    return 0.6 * darker + 0.4 * value


def _at(values: list[float] | tuple[float, ...], part: float) -> float:
    """A value between those at even shares."""
    place = _clipped(part) * len(values) - 0.5
    lower = min(len(values) - 1, max(0, math.floor(place)))
    upper = min(len(values) - 1, lower + 1)
    rest = min(1.0, max(0.0, place - lower))
    return values[lower] * (1 - rest) + values[upper] * rest
