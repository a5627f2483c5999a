"""Previews that begin with a video: restyled, continued, enlarged, or as depth."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

from dsl.timeline import frames_of
from runner.job import Input
from runner.media import control, frames
from runner.media.animatic import clip, still
from runner.media.animatic.bed import bed
from runner.media.animatic.canvas import Canvas, write_clip
from runner.media.animatic.paint import Brush, kept, painted
from runner.media.animatic.travel import room
from runner.media.conform import own_frame
from runner.media.probe import probe
from runner.providers.animatic import camera, painting
from runner.providers.animatic.brief import Brief
from runner.providers.animatic.sizes import proxied, real_size
from runner.providers.animatic.slates import canvas
from runner.providers.animatic.timing import Timing, timing

_EXTENSION = Fraction(5)


async def restyled(brief: Brief) -> Path:
    """The reference at the rate and length asked for, painted over, with its or the control video's lines.

    Its sound is the reference's own where it has some, as a guide; else a quiet bed.
    """
    video = _given(brief)
    real = real_size(brief.params, cap=brief.cap, shown=video.facts, follow=True)
    drawn = canvas(brief, proxied(real, brief.job.rendition.short_side), timing(brief.params, video.facts))
    colors = await painting.color_table(video, brief.image, drawn)
    look = painting.brush(
        drawn,
        fidelity=brief.number("video_strength", 0.6),
        strength=brief.number("strength", 1.0),
        colors=colors,
    )
    picture, lines, only = _structure(brief, video, drawn, look)
    work = painted(picture, lines, look, drawn, only=only)
    sound = (await clip.heard(video, drawn) or bed(drawn)) if brief.audible else None
    return await write_clip(drawn, work, sound)


def _structure(brief: Brief, video: Input, drawn: Canvas, look: Brush) -> tuple[Any, Any, Any | None]:
    """The reference, the lines to draw, and where to paint at all if the reference is to be preserved."""
    steer = brief.control
    if steer is None:
        parts = clip.shown(video, drawn).filter_multi_output("split")
        return parts.stream(0), control.edges(kept(parts.stream(1), look), drawn.frame), None
    given = clip.shown(steer, drawn)
    if brief.params.get("skip_control_preprocess") is not True:
        return clip.shown(video, drawn), control.edges(kept(given, look), drawn.frame), None
    if brief.params.get("preserve_original_video") is not True:
        return clip.shown(video, drawn), kept(given, look), None
    parts = given.filter_multi_output("split")
    return clip.shown(video, drawn), kept(parts.stream(0), look), parts.stream(1)


async def extended(brief: Brief) -> Path:
    """The video, and before its first or after its last frame that frame under a slow camera."""
    video = _given(brief)
    own = own_frame(video.facts)
    held = video.facts.frames or 1
    added = frames_of(_extension(brief), own.fps)
    where: Literal["start", "end"] = "start" if brief.params.get("mode") == "start" else "end"
    drawn = canvas(brief, _size(brief, video), Timing(held + added, own.fps))
    frame = await frames.derive(video, "first_frame" if where == "start" else "last_frame", drawn.folder)
    picture = Input(frame, video.digest, probe(frame))
    path = camera.path("none", added, room(picture, drawn), drawn.seed)
    more = still.moved(picture, path if where == "end" else path[::-1], drawn)
    more = more.filter("trim", end_frame=added)
    work = clip.joined(video, more, held, where, drawn)
    sound = await clip.heard_joined(video, held, where, drawn) if brief.audible else None
    return await write_clip(drawn, work, sound)


async def enlarged(brief: Brief) -> Path:
    """The video itself, larger where there is no proxy."""
    video = _given(brief)
    drawn = canvas(brief, _size(brief, video, _factor(brief)), timing({}, video.facts))
    return await write_clip(drawn, clip.shown(video, drawn), await clip.heard(video, drawn))


async def depth(brief: Brief) -> Path:
    """A guess at how near things are, as grey or in the colours asked for; without sound, as the model's."""
    video = _given(brief)
    drawn = canvas(brief, _size(brief, video), timing({}, video.facts))
    colormap = str(brief.params.get("colormap", "grayscale"))
    return await write_clip(drawn, clip.deep(clip.shown(video, drawn), colormap, drawn), None)


def _given(brief: Brief) -> Input:
    assert brief.video is not None, "chosen only for jobs with a video"
    return brief.video


def _size(brief: Brief, video: Input, factor: int = 1) -> tuple[int, int]:
    own = own_frame(video.facts)
    return proxied((own.width * factor, own.height * factor), brief.job.rendition.short_side)


def _factor(brief: Brief) -> int:
    """How many times as large, as `2x` says; 2 where nothing does."""
    for name in ("upscale_factor", "scale"):
        text = str(brief.params.get(name, "")).removesuffix("x")
        if text.isdecimal() and 1 <= int(text) <= 4:  # noqa: PLR2004 - No picture grows beyond what is opened.
            return int(text)
    return 2


def _extension(brief: Brief) -> Fraction:
    seconds = brief.number("duration", float(_EXTENSION))
    return Fraction(str(seconds)) if 0 < seconds <= 600 else _EXTENSION  # noqa: PLR2004 - Ten minutes.
