"""Proof that a media file is whole: its boxes add up, and a decoder told to be strict comes to its end."""

from __future__ import annotations

from pathlib import Path

import anyio

from runner.artifact import MediaFacts
from runner.errors import MediaError
from runner.media import boxes, ffmpeg
from runner.media.sniff import DEMUXERS


async def prove(path: Path, facts: MediaFacts) -> None:
    """Make sure that a file is complete: its boxes fill it exactly, and every frame of it decodes.

    Raises:
        MediaError: If it is not.
    """
    if DEMUXERS.get(facts.container) == "mov":
        found = await anyio.to_thread.run_sync(boxes.walk, path)
        if not (found.exact and found.playable):
            raise MediaError(f"{path.name} is cut short: its parts do not add up to its size")
    file = ffmpeg.source(path, facts, err_detect="explode", threads=1)
    options = {"xerror": None, "loglevel": "error", "fps_mode": "passthrough"}
    if said := await ffmpeg.run(ffmpeg.output([file], "-", f="null", **options)):
        raise MediaError(f"{path.name} is damaged:\n{ffmpeg.last_lines(said)}")
