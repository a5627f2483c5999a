"""Copying a file and its digest in one pass: the digest is that of the bytes the copy holds."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
from pathlib import Path

_BLOCK = 1 << 20
_FICLONE = 0x40049409  # Linux's ioctl that shares blocks between files until one is written to.


def copy(source: Path, target: Path, *, durable: bool = True) -> tuple[str, int]:
    """Copy a file to a new one, sharing blocks where the file system can.

    Args:
        source: A regular file; a link is not followed.
        target: Must not exist; readable by the user alone.
        durable: Whether to return only when the bytes are on the disk.

    Returns:
        The SHA-256 of what was copied, and how many bytes.

    Raises:
        OSError: If that is not possible; a target begun is removed.
    """
    read = os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        write = os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            copied = _clone(read, write) or _pump(read, write)
            if durable:
                os.fsync(write)
        except BaseException:  # Also when cancelled: half a copy must not stay behind.
            target.unlink(missing_ok=True)
            raise
        finally:
            os.close(write)
    finally:
        os.close(read)
    return copied


def digest(path: Path) -> tuple[str, int]:
    """The SHA-256 of a file, and how many bytes it has.

    Raises:
        OSError: If it cannot be read.
    """
    with path.open("rb") as file:
        return _digest(file.fileno())


def sync_folder(folder: Path) -> None:
    """Put a folder's entries on the disk: a new name is not safe before that."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _clone(read: int, write: int) -> tuple[str, int] | None:
    with contextlib.suppress(OSError):
        fcntl.ioctl(write, _FICLONE, read)
        return _digest(write)
    return None


def _pump(read: int, write: int) -> tuple[str, int]:
    seen, size = hashlib.sha256(), 0
    while block := os.read(read, _BLOCK):
        seen.update(block)
        size += len(block)
        rest = memoryview(block)
        while rest:
            rest = rest[os.write(write, rest) :]
    return seen.hexdigest(), size


def _digest(descriptor: int) -> tuple[str, int]:
    seen, size = hashlib.sha256(), 0
    while block := os.pread(descriptor, _BLOCK, size):
        seen.update(block)
        size += len(block)
    return seen.hexdigest(), size
