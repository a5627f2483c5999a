"""What a file is, by its first bytes and by nothing else.

Only containers that hold media themselves are known. Playlists, manifests and vector pictures name other
files, so they are not media here, whatever they are called.
"""

from __future__ import annotations

from pathlib import Path

from dsl.values import MediaType

HEAD = 4096
_PACKET = 188

# The demuxer of ffmpeg that opens each container, and no other.
DEMUXERS = {
    "mp4": "mov", "mov": "mov", "m4a": "mov", "webm": "matroska", "mkv": "matroska", "avi": "avi",
    "ts": "mpegts", "png": "png_pipe", "jpg": "jpeg_pipe", "webp": "webp_pipe", "gif": "gif",
    "bmp": "bmp_pipe", "wav": "wav", "mp3": "mp3", "flac": "flac", "ogg": "ogg", "aac": "aac",
}  # fmt: skip

# Containers with an index that leads to any time exactly.
SEEKABLE = frozenset({"mp4", "mov", "webm", "mkv"})

_STARTS: tuple[tuple[bytes, tuple[MediaType, str]], ...] = (
    (b"\x89PNG\r\n\x1a\n", ("image", "png")),
    (b"\xff\xd8\xff", ("image", "jpg")),
    (b"GIF87a", ("image", "gif")),
    (b"GIF89a", ("image", "gif")),
    (b"fLaC", ("audio", "flac")),
    (b"ID3", ("audio", "mp3")),
)
_BOXES = frozenset({b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"})
_EBML = b"\x1a\x45\xdf\xa3"
_BITMAPS = frozenset({b"\x28\0\0\0", b"\x6c\0\0\0", b"\x7c\0\0\0"})  # The sizes of a header that exist.
_RIFF: dict[bytes, tuple[MediaType, str]] = {
    b"WAVE": ("audio", "wav"),
    b"AVI ": ("video", "avi"),
    b"WEBP": ("image", "webp"),
}
# Pictures in the same box format, which ffmpeg opens only as films, and films that are lists of other files.
_NOT_FILMS = frozenset({b"avif", b"avis", b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"crx "})
_SOUND_BRANDS = frozenset({b"M4A ", b"M4B ", b"F4A "})


def sniff(path: Path) -> tuple[MediaType, str] | None:
    """The kind of media and the container (a key of `DEMUXERS`); None if the file is not media.

    A film without a picture counts as video here; `probe` looks closer.

    Raises:
        OSError: If the file cannot be read.
    """
    with path.open("rb") as file:
        return recognise(file.read(HEAD))


def recognise(head: bytes) -> tuple[MediaType, str] | None:
    """As `sniff`, given the first `HEAD` bytes of a file."""
    for start, answer in _STARTS:
        if head.startswith(start):
            return answer
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12])
    if head[4:8] in _BOXES:
        return _film(head[8:12]) if head[4:8] == b"ftyp" else ("video", "mov")
    return _by_structure(head)


def _by_structure(head: bytes) -> tuple[MediaType, str] | None:
    """Containers whose first bytes alone are too little to go by."""
    if head[:4] == _EBML:
        return ("video", "webm" if b"webm" in head[:64] else "mkv")
    if head[:4] == b"OggS":
        return ("video", "ogg") if b"theora" in head[:256] else ("audio", "ogg")
    if head[:2] == b"BM" and head[6:10] == bytes(4) and head[14:18] in _BITMAPS:
        return ("image", "bmp")
    if len(head) > 2 * _PACKET and head[0] == head[_PACKET] == head[2 * _PACKET] == ord("G"):
        return ("video", "ts")
    return _bare_sound(head)


def _film(brand: bytes) -> tuple[MediaType, str] | None:
    if brand in _NOT_FILMS:
        return None
    if brand in _SOUND_BRANDS:
        return ("audio", "m4a")
    return ("video", "mov" if brand == b"qt  " else "mp4")


def _bare_sound(head: bytes) -> tuple[MediaType, str] | None:
    """Sound without a container starts with a frame's header: twelve set bits, then what MPEG allows."""
    if len(head) < 4 or head[0] != 0xFF:  # noqa: PLR2004
        return None
    if head[1] & 0xF6 == 0xF0 and head[2] >> 2 & 0xF < 13:  # noqa: PLR2004
        return ("audio", "aac")
    if head[1] & 0xE6 == 0xE2 and head[2] >> 4 not in (0, 15) and head[2] >> 2 & 3 != 3:  # noqa: PLR2004
        return ("audio", "mp3")
    return None
