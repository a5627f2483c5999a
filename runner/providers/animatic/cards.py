"""Previews of what begins with words alone: a title card that says them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from runner.job import Input
from runner.media.animatic import still
from runner.media.animatic.bed import BED_RATE, bed
from runner.media.animatic.canvas import Canvas, write_clip, write_still
from runner.media.animatic.card import title_card
from runner.media.animatic.travel import Framing
from runner.providers.animatic import camera
from runner.providers.animatic.brief import Brief
from runner.providers.animatic.sizes import proxied, real_size
from runner.providers.animatic.slates import canvas
from runner.providers.animatic.timing import Timing, timing

# Type is never cut, so the camera moves over a card less than over a picture.
_NEARER = 0.965


async def title_clip(brief: Brief) -> Path:
    """The prompt on a card that comes slowly nearer."""
    drawn = _canvas(brief, timing(brief.params))
    card = await _card(brief, drawn)
    whole, nearer = Framing(0, 0, 1), Framing(0, 0, _NEARER)
    path = [camera.between(whole, nearer, camera.eased(part)) for part in camera.parts(drawn.frames)]
    return await write_clip(
        drawn, still.moved(card, path, drawn), bed(drawn) if brief.audible else None, BED_RATE
    )


async def title_picture(brief: Brief) -> Path:
    """The prompt on a card."""
    drawn = _canvas(brief, Timing(1, Fraction(24)))
    card = await _card(brief, drawn)
    return await write_still(drawn, still.moved(card, [Framing(0, 0, 1)], drawn))


def _canvas(brief: Brief, length: Timing) -> Canvas:
    real = real_size(brief.params, cap=brief.cap, shown=None, follow=False)
    return canvas(brief, proxied(real, brief.job.rendition.short_side), length)


async def _card(brief: Brief, drawn: Canvas) -> Input:
    text = brief.prompt or "(no prompt)"
    return await title_card(drawn, brief.job.uses.replace("-", " "), text, brief.job.model or "")
