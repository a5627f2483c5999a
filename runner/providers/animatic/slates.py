"""What a slate says, as text for the key and as what is drawn."""

from __future__ import annotations

from runner.media.animatic.canvas import Canvas
from runner.media.animatic.slate import Slate
from runner.providers.animatic.brief import Brief
from runner.providers.animatic.timing import Timing


def canvas(brief: Brief, size: tuple[int, int], length: Timing) -> Canvas:
    """What a job is drawn on."""
    job = brief.job
    running = job.output == "video"
    slate = Slate(str(job.address), job.take, brief.prompt, running) if job.rendition.slate else None
    return Canvas(*size, length.fps, length.frames, brief.seed, slate, job.folder, job.progress)
