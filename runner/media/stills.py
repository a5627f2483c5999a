"""The size of a still picture, read from its header alone: a bomb must be refused before it is decoded."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from typing import BinaryIO, TypeAlias

Size: TypeAlias = tuple[int, int]

MAX_PIXELS = 40_000_000

_ORIENTATION = 0x0112
_ON_ITS_SIDE = frozenset({5, 6, 7, 8})
_SEGMENTS = 1000


def size(file: BinaryIO, container: str) -> Size:
    """Width and height in pixels as shown, after the rotation a camera noted.

    Args:
        file: At its start.
        container: One of `png jpg webp gif bmp`.

    Raises:
        ValueError: If the header is not what it should be.
    """
    try:
        found = _READERS[container](file)
    except struct.error as error:
        raise ValueError("the header ends too soon") from error
    if min(found) < 1:
        raise ValueError("the header gives no size")
    return found


def _png(file: BinaryIO) -> Size:
    width, height = struct.unpack(">II", file.read(24)[16:])
    return (width, height)


def _gif(file: BinaryIO) -> Size:
    width, height = struct.unpack("<HH", file.read(10)[6:])
    return (width, height)


def _bmp(file: BinaryIO) -> Size:
    width, height = struct.unpack("<ii", file.read(26)[18:])
    return (width, abs(height))  # A negative height says that rows go from the top.


def _webp(file: BinaryIO) -> Size:
    head = file.read(30)
    match head[12:16]:
        case b"VP8 ":
            width, height = struct.unpack("<HH", head[26:30])
            return (width & 0x3FFF, height & 0x3FFF)
        case b"VP8L":
            (bits,) = struct.unpack("<I", head[21:25])
            return ((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
        case b"VP8X":
            (bits,) = struct.unpack("<Q", head[24:30] + b"\0\0")
            return ((bits & 0xFFFFFF) + 1, (bits >> 24) + 1)
    raise ValueError("it is not a WebP picture")


def _jpg(file: BinaryIO) -> Size:
    sideways = False
    for marker, length in _segments(file):
        if marker == 0xE1:  # noqa: PLR2004 - APP1, where cameras write.
            sideways = sideways or _orientation(file.read(min(length, 65_536))) in _ON_ITS_SIDE
        elif 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):  # noqa: PLR2004 - a frame's header.
            height, width = struct.unpack(">xHH", file.read(5))
            return (height, width) if sideways else (width, height)
    raise ValueError("it is not a JPEG picture")


def _segments(file: BinaryIO) -> Iterator[tuple[int, int]]:
    """Each marker with the length of what follows; the file stands there when it is yielded."""
    file.seek(2)
    for _ in range(_SEGMENTS):
        fill, marker, length = struct.unpack(">BBH", file.read(4))
        if fill != 0xFF or length < 2:  # noqa: PLR2004 - markers start so, and the length counts itself.
            return
        start = file.tell()
        yield marker, length - 2
        file.seek(start + length - 2)


def _orientation(segment: bytes) -> int:
    """The orientation in an Exif segment, 1 to 8; 1 where it says nothing that can be read."""
    if segment[:6] != b"Exif\0\0" or segment[6:8] not in (b"II", b"MM"):
        return 1
    order = "<" if segment[6:8] == b"II" else ">"
    tiff = segment[6:]
    try:
        (start,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, start)
        for index in range(min(count, _SEGMENTS)):
            tag, _, _, value = struct.unpack_from(f"{order}HHIH", tiff, start + 2 + 12 * index)
            if tag == _ORIENTATION:
                return int(value)
    except struct.error:
        return 1
    return 1


_READERS: dict[str, Callable[[BinaryIO], Size]] = {
    "png": _png, "jpg": _jpg, "webp": _webp, "gif": _gif, "bmp": _bmp,
}  # fmt: skip
