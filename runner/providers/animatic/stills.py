"""Previews that begin with a picture: a camera moving over it, or the picture itself, edited."""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from pathlib import Path

from runner.job import Input
from runner.media.animatic import still
from runner.media.animatic.bed import BED_RATE, bed
from runner.media.animatic.canvas import write_clip, write_still
from runner.media.animatic.travel import room
from runner.providers.animatic import camera, painting
from runner.providers.animatic.brief import Brief
from runner.providers.animatic.sizes import proxied, real_size
from runner.providers.animatic.slates import canvas
from runner.providers.animatic.timing import Timing, timing


async def moving(brief: Brief) -> Path:
    """The input picture under the camera move asked for, ending on the last picture where there is one."""
    first = _given(brief)
    follow = "aspect_ratio" not in brief.params
    real = real_size(brief.params, cap=brief.cap, shown=first.facts, follow=follow)
    drawn = canvas(brief, proxied(real, brief.job.rendition.short_side), timing(brief.params))
    motion = str(brief.params.get("camera_motion", "none"))
    frames = drawn.frames
    extra = room(first, drawn)
    path = camera.path(motion, frames, extra, drawn.seed)
    if (last := brief.last_image) is not None:
        leaving, arriving = camera.handed_over(motion, frames, (extra, room(last, drawn)), drawn.seed)
        picture = still.morphed((first, leaving), (last, arriving), partial(camera.meeting, frames), drawn)
    elif motion == "focus_shift":
        picture = still.racked(first, path, partial(camera.rack, frames), drawn)
    else:
        picture = still.moved(first, path, drawn)
    return await write_clip(drawn, picture, bed(drawn) if brief.audible else None, BED_RATE)


async def edited(brief: Brief) -> Path:
    """The input picture, painted over, so that it is seen that it was edited."""
    picture = _given(brief)
    real = real_size(brief.params, cap=brief.cap, shown=picture.facts, follow=True)
    drawn = canvas(brief, proxied(real, brief.job.rendition.short_side), Timing(1, Fraction(24)))
    return await write_still(drawn, await painting.painted_still(picture, drawn))


def _given(brief: Brief) -> Input:
    assert brief.image is not None, "chosen only for jobs with a picture"
    return brief.image
