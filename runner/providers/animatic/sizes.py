"""How large a clip would be that the model made, and how large its rehearsal is."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from runner.artifact import MediaFacts
from runner.media.conform import even

# The short side that a resolution's name means.
_SHORT = {
    "360p": 360, "480p": 480, "512": 512, "540p": 540, "720p": 720, "768p": 768, "1080p": 1080, "1k": 1024,
    "1440p": 1440, "2k": 1440, "2160p": 2160, "4k": 2160, "standard": 720, "high": 1080,
}  # fmt: skip
_NAMED = {
    "square_hd": (1024, 1024), "square": (512, 512), "portrait_4_3": (768, 1024),
    "portrait_16_9": (576, 1024), "landscape_4_3": (1024, 768), "landscape_16_9": (1024, 576),
}  # fmt: skip
_SHAPES = {"landscape": Fraction(16, 9), "portrait": Fraction(9, 16)}
_RATIO = re.compile(r"(\d+(?:\.\d+)?):(\d+(?:\.\d+)?)", re.ASCII)
_USUAL = Fraction(16, 9)
_LARGEST = 4096


def real_size(
    params: Mapping[str, Any], *, cap: int | None, shown: MediaFacts | None, follow: bool
) -> tuple[int, int]:
    """The width and height of what the model would make, in pixels, both even.

    Args:
        params: The parameters, with the model's defaults where none is set.
        cap: The most pixels the short side has, where the model has such a limit.
        shown: The facts of the picture or video that goes in.
        follow: Whether the model keeps the shape and size of what goes in, unless told otherwise.
    """
    own = Fraction(shown.width or 16, shown.height or 9) if shown is not None else None
    named = _NAMED.get(str(params.get("resolution") or params.get("image_size") or params.get("size")))
    if named is not None:
        short, shape = min(named), Fraction(*named)
    elif (exact := _exact(params)) is not None:
        short, shape = min(exact), Fraction(*exact)
    else:
        shape = _ratio(params.get("aspect_ratio")) or (own if own and follow else None) or _USUAL
        kept = min(shown.width or 0, shown.height or 0) if shown is not None and follow else 0
        short = _short(params) or kept or 720
    return _sized(min(short, cap or short), shape)


def proxied(size: tuple[int, int], short_side: int | None) -> tuple[int, int]:
    """The size a rehearsal is drawn at: the same shape, and never larger than the real one."""
    if short_side is None or min(size) <= short_side:
        return size
    return _sized(short_side, Fraction(*size))


def _sized(short: int, shape: Fraction) -> tuple[int, int]:
    # No shape is so long that the long side would be more than any model makes.
    shape = max(Fraction(short, _LARGEST), min(Fraction(_LARGEST, short), shape))
    if shape >= 1:
        return even(short * shape), even(short)
    return even(short), even(short / shape)


def _short(params: Mapping[str, Any]) -> int | None:
    for name in ("resolution", "target_resolution", "size", "image_size"):
        if (value := params.get(name)) is None:
            continue
        text = str(value).lower()
        if text in _SHORT:
            return _SHORT[text]
        if found := re.fullmatch(r"(\d+(?:\.\d+)?) ?mp", text):
            return math.isqrt(int(float(found[1]) * 1_000_000))
    return None


def _exact(params: Mapping[str, Any]) -> tuple[int, int] | None:
    width, height = params.get("width"), params.get("height")
    if (
        isinstance(width, int)
        and isinstance(height, int)
        and 0 < width <= _LARGEST
        and 0 < height <= _LARGEST
    ):
        return width, height
    return None


def _ratio(value: object) -> Fraction | None:
    text = str(value)
    if text in _SHAPES:
        return _SHAPES[text]
    if (found := _RATIO.fullmatch(text)) and Fraction(found[1]) and Fraction(found[2]):
        return Fraction(found[1]) / Fraction(found[2])
    return None
