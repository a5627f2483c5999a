"""How long a clip is that the model would make: its frames and its rate."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from dsl.timeline import frames_of
from runner.artifact import MediaFacts

_FPS = Fraction(24)
_SECONDS = Fraction(5)
_LONGEST = 3_600
_RATES = ("fps", "frames_per_second", "target_fps", "output_fps")
_LENGTHS = ("duration", "seconds", "retake_duration")


@dataclass(frozen=True, slots=True)
class Timing:
    """A clip's length.

    Attributes:
        frames: How many.
        fps: Frames per second.
    """

    frames: int
    fps: Fraction


def timing(params: Mapping[str, Any], shown: MediaFacts | None = None) -> Timing:
    """The length and rate of what the model would make.

    Args:
        params: The parameters, with the model's defaults where none is set.
        shown: The facts of the video that goes in; its length and rate stand where no parameter sets them.
    """
    own = shown if shown is not None and shown.fps and shown.frames else None
    fps = _first(params, _RATES) or (own.fps if own else None) or _FPS
    frames = params.get("num_frames")
    if isinstance(frames, int) and not isinstance(frames, bool) and frames > 0:
        return Timing(frames, fps)
    seconds = _first(params, _LENGTHS)
    if own is not None and seconds is None:
        seconds = Fraction(own.frames or 1) / (own.fps or _FPS)
    return Timing(max(1, frames_of(seconds or _SECONDS, fps)), fps)


def _first(params: Mapping[str, Any], names: tuple[str, ...]) -> Fraction | None:
    """The first of the parameters that is a number above 0; `5s` is five, `auto` is none."""
    for name in names:
        value = params.get(name)
        text = "" if isinstance(value, bool) else str(value)
        if (found := re.fullmatch(r"(\d+(?:\.\d+)?)s?", text)) and 0 < Fraction(found[1]) <= _LONGEST:
            return Fraction(found[1])
    return None
