"""Time in the cut: lengths, transitions, and where each clip of a film lies, in whole frames.

All arithmetic is in exact rationals, rounded once, half up, so that what `plan` says is what is cut.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeAlias

TransitionKind: TypeAlias = Literal["cut", "dissolve", "fade"]

_LENGTH = re.compile(r"(?P<amount>[0-9]{1,6}(?:\.[0-9]{1,6})?)(?P<unit>[sf])", re.ASCII)


@dataclass(frozen=True, slots=True)
class Length:
    """A duration in the cut, `0.5s` or `12f`.

    Attributes:
        amount: How many.
        unit: `s` for seconds, `f` for frames of the film.
    """

    amount: Fraction
    unit: Literal["s", "f"]

    def frames(self, fps: Fraction) -> int:
        """The length in whole frames at `fps` frames per second, half up."""
        return frames_of(self.amount, fps) if self.unit == "s" else math.floor(self.amount + Fraction(1, 2))


@dataclass(frozen=True, slots=True)
class Transition:
    """How a clip begins.

    Attributes:
        kind: `cut` at once; `dissolve` overlaps the clip before and shortens the film; `fade` comes up from
            black and silence within the clip, and shortens nothing.
        length: How long; None for a cut.
    """

    kind: TransitionKind
    length: Length | None = None

    def overlap(self, fps: Fraction) -> int:
        """Frames that the clip shares with the one before."""
        return self.length.frames(fps) if self.kind == "dissolve" and self.length else 0


@dataclass(frozen=True, slots=True)
class Placed:
    """A clip's place in a film.

    Attributes:
        start: The film's frame, from 0, on which the clip's first frame lies.
        frames: How many frames the clip has.
        overlap: How many of them, from its first, are shared with the clip before.
    """

    start: int
    frames: int
    overlap: int


class TooShortError(ValueError):
    """A clip is shorter than the two dissolves at its ends.

    Attributes:
        index: Which clip, from 0.
        frames: How many frames it has.
        wanted: How many frames its dissolves need.
    """

    def __init__(self, index: int, frames: int, wanted: int) -> None:
        super().__init__(f"clip {index + 1} has {frames} frames and its dissolves need {wanted}")
        self.index = index
        self.frames = frames
        self.wanted = wanted


def parse_length(text: str) -> Length:
    """Read `0.5s` or `12f`.

    Raises:
        ValueError: If the text is neither.
    """
    if (found := _LENGTH.fullmatch(text)) is None:
        raise ValueError(f'"{text}" is not a length such as "0.5s" or "12f"')
    return Length(Fraction(found["amount"]), "s" if found["unit"] == "s" else "f")


def parse_transition(text: str) -> Transition:
    """Read `cut`, `dissolve 0.5s` or `fade 12f`.

    Raises:
        ValueError: If the text is none of them.
    """
    match text.split():
        case ["cut"]:
            return Transition("cut")
        case ["dissolve", length]:
            return Transition("dissolve", parse_length(length))
        case ["fade", length]:
            return Transition("fade", parse_length(length))
    raise ValueError(f'"{text}" is not a transition; write "cut", "dissolve 0.5s" or "fade 12f"')


def frames_of(seconds: Fraction, fps: Fraction) -> int:
    """A length in whole frames, half up."""
    return math.floor(seconds * fps + Fraction(1, 2))


def match_frames(seconds: Fraction, fps: Fraction, *, minimum: int, maximum: int) -> int:
    """The number 8k+1 within the range that is nearest to a length in seconds; a tie goes up."""
    lowest = math.ceil(Fraction(minimum - 1, 8))
    highest = (maximum - 1) // 8
    nearest = math.floor((seconds * fps - 1) / 8 + Fraction(1, 2))
    return 8 * max(lowest, min(highest, nearest)) + 1


def lay_out(clips: Sequence[tuple[int, Transition]], fps: Fraction) -> tuple[Placed, ...]:
    """Place clips, given as frames and the transition into each, one after the other.

    The film's length in frames is the last clip's `start + frames`. A dissolve into the first clip counts
    as a cut: there is nothing before it.

    Raises:
        TooShortError: If a clip has fewer frames than its two dissolves need.
    """
    overlaps = [0, *(transition.overlap(fps) for _, transition in clips[1:]), 0]
    placed: list[Placed] = []
    start = 0
    for index, (frames, _) in enumerate(clips):
        wanted = overlaps[index] + overlaps[index + 1]
        if frames < max(wanted, 1):
            raise TooShortError(index, frames, wanted)
        start -= overlaps[index]
        placed.append(Placed(start, frames, overlaps[index]))
        start += frames
    return tuple(placed)
