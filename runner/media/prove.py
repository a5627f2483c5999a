"""Proof that a video file is whole.

An MP4 whose index lies at the front passes every ordinary check after it was cut short: ffprobe, a plain
decode, even a stream copy. Its boxes no longer add up, though, and a decoder told to be strict stops.
"""

from __future__ import annotations

import struct
from pathlib import Path

import anyio

from runner.artifact import MediaFacts
from runner.errors import MediaError
from runner.media import ffmpeg
from runner.media.sniff import DEMUXERS

_SMALLEST_BOX = 8
_LARGE_BOX = 16
_BOXES = 100_000


async def prove(path: Path, facts: MediaFacts) -> None:
    """Make sure that a file is complete: its boxes fill it exactly, and every frame of it decodes.

    Raises:
        MediaError: If it is not.
    """
    if DEMUXERS.get(facts.container) == "mov":
        await anyio.to_thread.run_sync(prove_boxes, path)
    file = ffmpeg.source(path, facts, err_detect="explode", threads=1)
    options = {"xerror": None, "loglevel": "error", "fps_mode": "passthrough"}
    if said := await ffmpeg.run(ffmpeg.output([file], "-", f="null", **options), frames=facts.frames):
        raise MediaError(f"{path.name} is damaged:\n{ffmpeg.last_lines(said)}")


def prove_boxes(path: Path) -> None:
    """Make sure that the top-level boxes of an MP4 add up to the file, with an index and data among them.

    Raises:
        MediaError: If they do not, as after a download that was cut short.
    """
    names = set()
    whole = path.stat().st_size
    at = 0
    with path.open("rb") as file:
        for _ in range(_BOXES):
            file.seek(at)
            head = file.read(_LARGE_BOX)
            if at == whole:
                break
            length = _length(head, whole - at)
            if length < _SMALLEST_BOX or at + length > whole:
                raise MediaError(f"{path.name} is cut short: its parts need more bytes than it has ({whole})")
            names.add(head[4:8])
            at += length
    if at != whole or not {b"moov", b"mdat"} <= names:
        raise MediaError(f"{path.name} is not a whole MP4 file: its index or its data is missing")


def _length(head: bytes, rest: int) -> int:
    """What a box says of its own length, which may be `all the rest`; 0 if there is no whole header."""
    if len(head) < _SMALLEST_BOX:
        return 0
    (length,) = struct.unpack(">I", head[:4])
    if length == 0:
        return rest
    if length == 1:
        return int(struct.unpack(">Q", head[8:16])[0]) if len(head) == _LARGE_BOX else 0
    return int(length)
