"""Whether a media file is all there, by its own structure and without decoding it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

_MOST_BOXES = 100_000
_HEADER, _LARGE = 8, 16
_RIFF_HEADER = 8
_ENDLESS = 0xFFFF_FFFF
_PNG_END = b"\0\0\0\0IEND\xaeB`\x82"


def whole(path: Path) -> bool | None:
    """Whether it ends where it says that it ends; None if its kind does not say.

    A film whose index comes first plays and even copies without error when its end is missing, so the sizes
    of its boxes must add up to the file, with an index and with pictures.

    Raises:
        OSError: If it cannot be read.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(12)
        if head[4:8] == b"ftyp":
            return _boxes_add_up(file, size)
        if head.startswith(b"\x89PNG"):
            return _ends_with(file, size, _PNG_END)
        if head.startswith(b"\xff\xd8\xff"):
            # Some cameras write more after the end of the picture, so that a missing end proves nothing.
            return _ends_with(file, size, b"\xff\xd9") or None
        if head.startswith(b"RIFF"):
            said = int.from_bytes(head[4:8], "little")
            return None if said in {0, _ENDLESS} else said + _RIFF_HEADER <= size
    return None


def _ends_with(file: BinaryIO, size: int, ending: bytes) -> bool:
    file.seek(max(0, size - len(ending)))
    return file.read() == ending


def _boxes_add_up(file: BinaryIO, size: int) -> bool | None:
    kinds: list[bytes] = []
    for kind, end in _boxes(file, size):
        if end is None:
            # The last box may say that it goes on to the end of the file, wherever that is.
            return None if b"moov" in kinds or kind == b"moov" else False
        if end > size:
            return False
        kinds.append(kind)
        if end == size:
            return kinds.count(b"moov") == 1 and b"mdat" in kinds
    return False


def _boxes(file: BinaryIO, size: int) -> Iterator[tuple[bytes, int | None]]:
    """Kind and end of each box at the top; nothing more after one that makes no sense."""
    offset = 0
    for _ in range(_MOST_BOXES):
        file.seek(offset, os.SEEK_SET)
        header = file.read(_LARGE)
        length, kind = int.from_bytes(header[:4], "big"), header[4:8]
        if length == 0 and len(header) >= _HEADER:
            yield kind, None
            return
        if length == 1:
            length = int.from_bytes(header[8:16], "big")
            if length < _LARGE or len(header) < _LARGE:
                return
        if length < _HEADER or len(header) < _HEADER:
            return
        offset += length
        yield kind, offset
        if offset >= size:
            return
