"""The animatic as a provider: what it says of itself, and who draws what."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runner.job import Job, Render, Rendition
from runner.providers.animatic.brief import Brief
from runner.providers.animatic.plates import with_plates

if TYPE_CHECKING:
    from runner.desk import Desk

# Raised whenever the same job would be drawn otherwise.
IMPLEMENTATION = 3
_FILTERS = (
    "aevalsrc", "afade", "amix", "anoisesrc", "aresample", "bilateral", "blend", "boxblur", "concat", "crop",
    "drawbox", "drawtext", "edgedetect", "fps", "framestep", "gblur", "loop", "lut", "lut3d", "lutyuv",
    "maskedmerge", "median", "mergeplanes", "noise", "overlay", "pseudocolor", "remap", "scale", "setparams",
    "settb", "sidedata", "tpad", "trim",
)  # fmt: skip


class Animatic:
    """Draws every step that needs a model, here, at once and for nothing, as a preview."""

    name = "animatic"
    hosted = False

    def unavailable(self) -> str | None:
        """What the ffmpeg at hand lacks, if anything; None if all is there."""
        from runner.errors import MediaError
        from runner.media.abilities import has_encoder, has_filter

        try:
            lacking = [name for name in _FILTERS if not has_filter(name)]
            lacking += [name for name in ("libx264", "aac") if not has_encoder(name)]
        except MediaError as error:
            return str(error)
        if not lacking:
            return None
        return (
            f"this ffmpeg lacks {', '.join(lacking)}, which rehearsals need; "
            "unset REEL_FFMPEG to use the bundled one"
        )

    def identity(self, rendition: Rendition) -> Mapping[str, Any]:
        """The implementation, and how it is drawn; the slate's text is added by whoever knows the address."""
        return {
            "provider": self.name,
            "implementation": IMPLEMENTATION,
            "short_side": rendition.short_side,
            "slate": rendition.slate,
        }

    def price(self, model: str, params: Mapping[str, Any], seconds: float | None) -> Decimal | None:
        """Nothing, always."""
        del model, params, seconds
        return Decimal(0)

    @asynccontextmanager
    async def session(self, desk: Desk) -> AsyncIterator[Render]:
        """Nothing is kept open, and nothing is spent."""
        del desk
        yield self.render

    async def render(self, job: Job) -> Path:
        """Draw the preview of a job.

        Raises:
            MediaError: If an input cannot be read, or ffmpeg fails.
        """
        brief = Brief(await with_plates(job))
        return await _draw(brief)(brief)


def _draw(brief: Brief) -> Callable[[Brief], Awaitable[Path]]:
    """Who draws a job: its kind says it, and for `generate` what goes in and what comes out."""
    from runner.providers.animatic import cards, clips, stills

    uses, video = brief.job.uses, brief.job.output == "video"
    if video and brief.video is not None:
        if uses == "extend-video":
            return clips.extended
        if uses == "upscale-video":
            return clips.enlarged
        if uses == "depth-video":
            return clips.depth
        return clips.restyled
    if brief.image is not None:
        return stills.moving if video else stills.edited
    return cards.title_clip if video else cards.title_picture
