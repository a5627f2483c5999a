"""Where the camera goes: pure paths, eased in and out, for every move that the models know."""

from __future__ import annotations

import math
import random

from runner.media.animatic.travel import Framing

_PUSH = 0.80
_TRACK = 0.86
_TRAVEL = 0.30
_DRIFT = 0.94
_BREATH = 0.975


def eased(part: float) -> float:
    """From 0 to 1, without a jolt at either end: a quarter of the time goes to gathering speed."""
    part = min(1.0, max(0.0, part))
    ramp = 0.25
    whole = 1 - ramp
    if part < ramp:
        return part * part / (2 * ramp * whole)
    if part > 1 - ramp:
        return 1 - (1 - part) ** 2 / (2 * ramp * whole)
    return (part - ramp / 2) / whole


def parts(frames: int) -> list[float]:
    """How far along each frame is, from 0 for the first to 1 for the last."""
    return [number / max(1, frames - 1) for number in range(frames)]


def path(motion: str, frames: int, extra: tuple[float, float], seed: int) -> list[Framing]:
    """The camera's path.

    Args:
        motion: As `camera_motion` names it; anything unknown is a gentle drift, as is `none`.
        frames: How many frames the path has.
        extra: How much more of the picture there is than the widest view, in view widths and heights.
        seed: Chooses where a drift goes.
    """
    sideways, upwards = (min(_TRAVEL, 1 - _TRACK + more) / 2 for more in extra)
    match motion:
        case "static":
            begin = end = Framing(0, 0, 1)
        case "dolly_in":
            begin, end = Framing(0, 0, 1), Framing(0, 0, _PUSH)
        case "dolly_out":
            begin, end = Framing(0, 0, _PUSH), Framing(0, 0, 1)
        case "dolly_left":
            begin, end = Framing(sideways, 0, _TRACK), Framing(-sideways, 0, _TRACK)
        case "dolly_right":
            begin, end = Framing(-sideways, 0, _TRACK), Framing(sideways, 0, _TRACK)
        case "jib_up":
            begin, end = Framing(0, upwards, _TRACK), Framing(0, -upwards, _TRACK)
        case "jib_down":
            begin, end = Framing(0, -upwards, _TRACK), Framing(0, upwards, _TRACK)
        case "focus_shift":
            begin, end = Framing(0, 0, 1), Framing(0, 0, _BREATH)
        case _:
            begin, end = Framing(0, 0, 1), _drift(seed)
    return [between(begin, end, eased(part)) for part in parts(frames)]


def between(begin: Framing, end: Framing, part: float) -> Framing:
    """The framing on the way from one to another; nearing is by equal ratios, as it is to the eye."""
    span = math.exp(math.log(begin.span) * (1 - part) + math.log(end.span) * part)
    return Framing(begin.x + (end.x - begin.x) * part, begin.y + (end.y - begin.y) * part, span)


def _drift(seed: int) -> Framing:
    """A little nearer, and a little to the side that the seed chooses."""
    turn = random.Random(seed).random() * math.tau  # noqa: S311 - Chance for the eye.
    reach = (1 - _DRIFT) / 2 * 0.8
    return Framing(reach * math.cos(turn), reach * math.sin(turn), _DRIFT)


def rack(frames: int, number: int, across: float, down: float) -> float:
    """How blurred a place is while the focus goes from the foreground to what lies behind.

    The foot of a picture is taken to be near, and its middle and top far: most often it is so.
    """
    along = eased(number / max(1, frames - 1) * 1.3 - 0.15)
    near = 1 / (1 + math.exp(-9 * (down - 0.62 - 0.25 * (across - 0.5) ** 2)))
    sharp_at = 1 - along
    return min(1.0, max(0.0, (abs(near - sharp_at) - 0.08) * 1.15))


def meeting(frames: int, number: int, across: float, down: float) -> float:
    """How much of the last picture is seen, while the first becomes it: from the middle outwards."""
    part = number / max(1, frames - 1)
    distance = math.hypot(across - 0.5, down - 0.5) / math.hypot(0.5, 0.5)
    begin = 0.22 + 0.16 * distance
    return eased((part - begin) / 0.46)


def handed_over(
    motion: str, frames: int, extras: tuple[tuple[float, float], tuple[float, float]], seed: int
) -> tuple[list[Framing], list[Framing]]:
    """The paths over two pictures of which one becomes the other: one movement through both.

    The first begins on its whole view and the last ends on its own, as the model is told to; each is drawn
    to where the other is. A move to the side goes through both, a push comes out of the one into the other.
    """
    if motion in ("static", "focus_shift"):
        return [Framing(0, 0, 1)] * frames, [Framing(0, 0, 1)] * frames
    backwards = motion == "dolly_out"
    leaving, arriving = (Framing(0, 0, 0.86), Framing(0, 0, 0.90))
    if motion in ("dolly_left", "dolly_right", "jib_up", "jib_down"):
        first, last = (path(motion, 2, extra, seed) for extra in extras)
        begin = Framing(0, 0, first[1].span)
        leaving = first[1]
        arriving = last[0]
        return _leg(begin, leaving, frames), _leg(arriving, Framing(0, 0, 1), frames)
    if backwards:
        leaving, arriving = Framing(0, 0, 1), Framing(0, 0, 0.82)
        return _leg(Framing(0, 0, 0.90), leaving, frames), _leg(arriving, Framing(0, 0, 1), frames)
    return _leg(Framing(0, 0, 1), leaving, frames), _leg(arriving, Framing(0, 0, 1), frames)


def _leg(begin: Framing, end: Framing, frames: int) -> list[Framing]:
    return [between(begin, end, eased(part)) for part in parts(frames)]
