"""The top-level boxes of an MP4 file, which must fill it exactly.

An MP4 whose index lies at the front passes every ordinary check after it was cut short: ffprobe, a plain
decode, even a stream copy. But its boxes no longer add up.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

_SMALLEST = 8
_LARGE = 16
_MOST = 100_000
_NEEDED = frozenset({b"moov", b"mdat"})


@dataclass(frozen=True, slots=True)
class Boxes:
    """What a walk over the top-level boxes found.

    Attributes:
        names: Of the boxes that are there in full.
        exact: Whether they fill the file to its last byte.
    """

    names: frozenset[bytes]
    exact: bool

    @property
    def playable(self) -> bool:
        """Whether an index and its data are there in full; some cameras append things that are no boxes."""
        return self.names >= _NEEDED


def walk(path: Path) -> Boxes:
    """Walk over the boxes; only their headers are read.

    Raises:
        OSError: If the file cannot be read.
    """
    names: set[bytes] = set()
    whole = path.stat().st_size
    at = 0
    with path.open("rb") as file:
        for _ in range(_MOST):
            file.seek(at)
            head = file.read(_LARGE)
            length = _length(head, whole - at)
            if length < _SMALLEST or at + length > whole:
                break
            names.add(head[4:8])
            at += length
    return Boxes(frozenset(names), exact=at == whole)


def _length(head: bytes, rest: int) -> int:
    """What a box says of its own length, which may be `all the rest`; 0 if there is no whole header."""
    if len(head) < _SMALLEST:
        return 0
    (length,) = struct.unpack(">I", head[:4])
    if length == 0:
        return rest
    if length == 1:
        return int(struct.unpack(">Q", head[8:16])[0]) if len(head) == _LARGE else 0
    return int(length)
